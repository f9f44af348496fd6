import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { fillBody, markup, openWindow } from "../support/dom.js";
import { openPage } from "../support/page.js";
import { FakeSocket } from "../support/socket.js";
import {
  completeEvent, errorEvent, progressEvent, subscribed, subscribedToAll, taskEvent, taskState,
} from "../support/tasks.js";

const { Event: PageEvent } = openWindow();
await import("../../../static/js/main.js");

const ANNOUNCER = '<p id="announcer"></p>';
const savedFetch = globalThis.fetch;
let clock, requests;

beforeEach(() => {
  clock = openPage();
  requests = [];
  globalThis.fetch = async (url, options) => {
    requests.push({ url, ...options });
    return new Response('{"taskId":"t7","keyframes":[0,8.333333]}', { status: 202 });
  };
});

afterEach(() => {
  fillBody("");
  globalThis.fetch = savedFetch;
});

function put(html) {
  fillBody(ANNOUNCER + html);
  FakeSocket.last.open();
}

const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
const part = (name, root = document) => root.querySelector(`[data-part="${name}"]`);
const text = (name, root) => part(name, root).textContent.trim();
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("<connection-status>", () => {
  test("says connected and disconnected in the agreed words", () => {
    fillBody(markup("_connection.html"));
    assert.equal(text("state"), "WebSocket: Connecting...");
    FakeSocket.last.open();
    assert.equal(text("state"), "WebSocket: ✅ Connected");
    assert.equal(part("lost").hidden, true);
    FakeSocket.last.cut();
    assert.equal(text("state"), "WebSocket: ❌ Disconnected");
    assert.equal(text("note"), "Reconnecting... your jobs keep running");
  });

  test("offers Retry now after five failures, and it connects", () => {
    fillBody(markup("_connection.html"));
    for (let i = 0; i < 5; i += 1) {
      assert.equal(part("retry").hidden, true);
      FakeSocket.last.cut();
      clock.advance(i < 4 ? clock.waits[0] : 0);
    }
    assert.equal(part("retry").hidden, false);
    part("retry").click();
    FakeSocket.last.open();
    assert.equal(text("state"), "WebSocket: ✅ Connected");
  });

  test("says that news comes late, and hides that once it does not", () => {
    fillBody(markup("_connection.html"));
    FakeSocket.last.open();
    FakeSocket.last.say({ type: "degraded", videoId: null, data: { degraded: true } });
    assert.equal(text("note"), "News comes a little late; your jobs keep running");
    assert.equal(part("lost").hidden, false);
    assert.equal(text("state"), "WebSocket: ✅ Connected");
    FakeSocket.last.say({ type: "degraded", videoId: null, data: { degraded: false } });
    assert.equal(part("lost").hidden, true);
  });

  test("says who is signed out, and offers to try again", () => {
    fillBody(markup("_connection.html"));
    FakeSocket.last.open();
    FakeSocket.last.cut(4401);
    assert.equal(text("note"), "You are signed out. Reload the page to sign in again.");
    assert.equal(part("retry").hidden, false);
  });

  test("lets go of the client when it leaves the page", () => {
    put(markup("_connection.html"));
    const element = document.querySelector("connection-status");
    element.remove();
    FakeSocket.last.cut();
    assert.equal(text("state", element), "WebSocket: ✅ Connected");
  });
});

describe("<task-list> and <task-card>", () => {
  const list = (scope, status = "") =>
    markup("_task_list.html", { scope, "status|default:''": status }).replace(/<li>[\s\S]*?<\/li>/, "");
  const cards = () => [...document.querySelectorAll("task-card")];
  const names = () => cards().map((card) => text("name", card));

  test("shows the tasks of the snapshot, newest first", () => {
    put(list("v1"));
    say(subscribed([taskState({ id: "a", name: "Old", createdAt: "2024-01-01" }), taskState({ id: "b", name: "New", createdAt: "2024-01-02" })]));
    assert.deepEqual(names(), ["New", "Old"]);
    assert.equal(part("empty").hidden, true);
  });

  test("puts a new task first, and keeps the cards that are there", () => {
    put(list("v1"));
    say(subscribed([taskState({ id: "a", name: "Old", createdAt: "2024-01-01" })]));
    const [old] = cards();
    say(taskEvent({ id: "b", name: "New", createdAt: "2024-01-02" }));
    assert.deepEqual(names(), ["New", "Old"]);
    assert.equal(cards()[1], old);
  });

  test("leaves out the server's own tasks and those of another status", () => {
    put(list("*", "error"));
    say(subscribedToAll({ v1: [taskState({ id: "a", housekeeping: true, status: "error" }), taskState({ id: "b" })] }));
    assert.equal(cards().length, 0);
    assert.equal(part("empty").hidden, false);
  });

  test("takes away the card of a task that is no more", () => {
    put(list("v1"));
    say(subscribed([taskState()]), subscribed([]));
    assert.equal(cards().length, 0);
  });

  test("a card follows its task from waiting to the download", () => {
    put(list("v1"));
    say(subscribed([]), taskEvent({ queuePosition: 1 }));
    const [card] = cards();
    assert.equal(text("status", card), "PENDING");
    assert.equal(text("wait", card), "number 1 in the queue");
    assert.equal(part("bar-track", card).hidden, true);

    say(progressEvent(2, 42.9));
    assert.equal(text("status", card), "PROCESSING");
    assert.equal(text("bar-message", card), "Trimming video...");
    assert.equal(text("bar-percent", card), "42%");
    const track = part("bar-track", card);
    assert.equal(track.hidden, false);
    assert.equal(track.getAttribute("aria-valuenow"), "42");
    assert.equal(track.getAttribute("aria-valuetext"), "Trimming video... 42%");
    assert.equal(part("bar-fill", card).getAttribute("width"), "42%");
    assert.equal(part("result", card).hidden, true);

    say(completeEvent(3));
    assert.equal(text("status", card), "COMPLETE");
    assert.equal(text("bar-message", card), "Complete!");
    assert.equal(track.hidden, true);
    assert.equal(part("result", card).hidden, false);
    assert.match(part("result", card).textContent, /✅ Video ready!/);
    const download = part("download", card);
    assert.equal(download.getAttribute("href"), "/outputs/o1/talk_trimmed.mp4");
    assert.equal(download.getAttribute("target"), "_blank");
    assert.equal(download.getAttribute("rel"), "noopener");
    assert.equal(document.getElementById("announcer").textContent, "Trim 00:10-00:30: complete");
  });

  test("a bar without a number has no value", () => {
    put(list("v1"));
    say(subscribed([]), progressEvent(2, 0, { indeterminate: true, message: "" }));
    const track = part("bar-track");
    assert.equal(track.hasAttribute("aria-valuenow"), false);
    assert.equal(text("bar-message"), "Processing...");
    assert.equal(part("bar-percent").hidden, true);
  });

  test("a failed task says what happened and what to do", () => {
    put(list("v1"));
    say(subscribed([taskState()]), errorEvent(2));
    assert.match(part("failure").textContent, /❌ Error:\s+The disk is full\./);
    assert.equal(text("failure-remedy"), "Make room.");
    assert.equal(part("retry").hidden, false);
    assert.equal(part("cancel").hidden, true);
  });

  test("cancel asks the server, without leaving the page", async () => {
    put(list("v1"));
    say(subscribed([taskState()]));
    let submit;
    document.addEventListener("submit", (event) => { submit = event; }, { once: true });
    part("cancel").click();
    await settled();
    assert.equal(submit.defaultPrevented, true);
    assert.equal(requests[0].url, "/api/tasks/t1/cancel");
    assert.equal(requests[0].method, "POST");
  });

  test("a refused action is shown at the card", async () => {
    globalThis.fetch = async () => new Response('{"error":"This edit has already ended."}', { status: 409 });
    put(list("v1"));
    say(subscribed([taskState()]));
    part("cancel").click();
    await settled();
    assert.equal(text("action-problem"), "This edit has already ended.");
  });
});

describe("<active-bar>", () => {
  const bar = () => `<active-bar data-video-id="v1">${markup("_progress_bar.html")}</active-bar>`;

  test("shows what goes on with a video, and nothing when all is done", () => {
    put(bar());
    say(subscribed([taskState({ housekeeping: true, status: "processing", progress: 30, message: "Reading the file..." })]));
    assert.equal(text("bar-message"), "Reading the file...");
    assert.equal(text("bar-percent"), "30%");
    say(taskEvent({ housekeeping: true, status: "complete", seq: 2 }));
    assert.equal(document.querySelector("progress-bar").hidden, true);
  });

  test("shows an upload", () => {
    put(bar());
    say(subscribed([], { upload: { percent: 12.7, message: "Uploading", seq: 1 } }));
    assert.equal(text("bar-message"), "Uploading");
    assert.equal(text("bar-percent"), "12%");
  });

  test("tells how long an upload of another window will take", () => {
    put(bar());
    say(subscribed([], { upload: { percent: 12.7, etaSeconds: 62, seq: 1 } }));
    assert.equal(text("bar-message"), "Uploading · about 1 min left");
  });
});

describe("<whole-line>", () => {
  test("tells how far the jobs of a video are together, where there are several", () => {
    put('<whole-line data-video-id="v1"></whole-line>');
    const line = document.querySelector("whole-line");
    say(subscribed([taskState({ status: "processing", attempt: 1, progress: 30 })]));
    assert.equal(line.textContent, "");
    say(taskEvent({ id: "t2" }), taskEvent({ id: "t3", videoId: "v2" }));
    assert.equal(line.textContent, "0 of 2 done · 15%");
    say(completeEvent(9, { finishedAt: "2024-11-02T10:05:00+00:00" }));
    assert.equal(line.textContent, "1 of 2 done · 50%");
    say(taskEvent({ id: "t2", seq: 2, status: "cancelled" }));
    assert.equal(line.textContent, "");
  });
});

describe("<trim-form>", () => {
  const form = () => {
    put(
      markup("_trim_form.html", {
        "video.id": "v1",
        "video.duration|unlocalize": "40",
        "video.keyframes_json_url": "/api/videos/v1",
      }),
    );
    document.querySelector("input[value=fast]").checked = true;
    type("startTime", "10");
    type("endTime", "30");
    return document.querySelector("trim-form");
  };
  const button = () => document.querySelector("button[type=submit]");
  const type = (name, value) => {
    const field = document.querySelector(`input[name=${name}]`);
    field.value = value;
    field.dispatchEvent(new PageEvent("input", { bubbles: true }));
  };
  const send = async (element) => {
    element.querySelector("form").dispatchEvent(new PageEvent("submit", { bubbles: true, cancelable: true }));
    await settled();
  };
  const posts = () => requests.filter((request) => request.method === "POST");

  test("can be sent once the page is connected and the times are right", () => {
    form();
    assert.equal(button().disabled, false);
    type("endTime", "5");
    assert.equal(button().disabled, true);
    assert.equal(text("endTime-problem"), "The end must come after the start.");
    type("endTime", "20");
    assert.equal(button().disabled, false);
    FakeSocket.last.cut();
    assert.equal(button().disabled, true);
    assert.equal(text("waiting"), "Trim waits for the connection to the server.");
  });

  test("tells beforehand where a fast trim starts", async () => {
    form();
    await settled();
    assert.equal(requests[0].url, "/api/videos/v1");
    assert.match(text("note"), /^Fast will start the copy at 00:08\.333/);
  });

  test("sends one request for one click, with a key of its own, and shows the task at once", async () => {
    const element = form();
    await Promise.all([send(element), send(element)]);
    assert.equal(posts().length, 1);
    assert.deepEqual(JSON.parse(posts()[0].body), { videoId: "v1", startTime: 10, endTime: 30, mode: "fast" });
    await send(element);
    const [first, second] = posts().map((request) => request.headers["Idempotency-Key"]);
    assert.notEqual(first, second);
  });

  test("shows what the server does not like under the field it names", async () => {
    globalThis.fetch = async () =>
      new Response('{"error":"Some values cannot be used.","fields":{"startTime":"The time cannot be below zero."}}', { status: 422 });
    await send(form());
    assert.equal(text("startTime-problem"), "The time cannot be below zero.");
    assert.match(text("failure"), /Some values cannot be used/);
    assert.equal(button().disabled, false);
  });
});

describe("<operation-form>", () => {
  const field = (name, type, value = "") =>
    `<input name="${name}" type="${type}" value="${value}" aria-describedby="${name}_helptext">
     <button type="button" data-set-from-player="${name}">Set</button>
     <p class="problem" id="${name}_error" data-problem="${name}" hidden></p>`;
  const form = () => {
    const { head, tail } = frame();
    put(head + field("count", "number", "8") + field("time", "number") + field("loud", "checkbox") + tail);
    return document.querySelector("operation-form");
  };
  const frame = () => {
    const drawn = markup("_operation_form.html", {
      "video.id": "v1",
      "edit.slug": "thumbnails",
      "form.one_of|join:' '": "count time",
    });
    const [head, tail] = drawn.split(/(?<=<form[^>]*>)/);
    return { head, tail: tail.replace(/<div class="field">[\s\S]*?<\/div>/g, "") };
  };
  const input = (name) => document.querySelector(`input[name=${name}]`);
  const problem = (name) => document.querySelector(`[data-problem=${name}]`);
  const type = (name, value) => {
    input(name).value = value;
    input(name).dispatchEvent(new PageEvent("input", { bubbles: true }));
  };
  const send = async (element) => {
    element.querySelector("form").dispatchEvent(new PageEvent("submit", { bubbles: true, cancelable: true }));
    await settled();
  };

  test("sends typed values once for one click, with a key of its own", async () => {
    const element = form();
    await Promise.all([send(element), send(element)]);
    assert.equal(requests.length, 1);
    assert.equal(requests[0].url, "/api/edit/thumbnails");
    assert.deepEqual(JSON.parse(requests[0].body), { videoId: "v1", count: 8, loud: false });
    await send(element);
    const keys = requests.map((request) => request.headers["Idempotency-Key"]);
    assert.ok(keys[0]);
    assert.notEqual(keys[0], keys[1]);
  });

  test("waits for the connection", () => {
    const element = form();
    const button = element.querySelector("button[type=submit]");
    assert.equal(button.disabled, false);
    FakeSocket.last.cut();
    assert.equal(button.disabled, true);
    assert.equal(text("waiting"), "Waiting for the connection to the server.");
  });

  test("empties the field that excludes the one filled in", () => {
    form();
    type("time", "1.5");
    assert.equal(input("count").value, "");
    type("count", "3");
    assert.equal(input("time").value, "");
  });

  test("says what is wrong beside its field, until it is changed", async () => {
    globalThis.fetch = async () =>
      new Response('{"error":"Some values cannot be used.","fields":{"count":"This must be from 1 to 100."}}', { status: 422 });
    await send(form());
    assert.equal(problem("count").textContent, "This must be from 1 to 100.");
    assert.equal(problem("count").hidden, false);
    assert.equal(input("count").getAttribute("aria-invalid"), "true");
    assert.equal(input("count").getAttribute("aria-describedby"), "count_helptext count_error");
    assert.equal(text("failure"), "Some values cannot be used.");
    type("count", "4");
    assert.equal(problem("count").hidden, true);
    assert.equal(part("failure").hidden, true);
  });

  test("focuses the first of several choices of which one is needed", async () => {
    globalThis.fetch = async () => new Response('{"error":"Wrong.","fields":{"files":"This is needed."}}', { status: 422 });
    const { head, tail } = frame();
    const choice = (id) => `<input type="checkbox" name="files" value="${id}" id="${id}">`;
    const group = `<div data-list>${choice("a")}${choice("b")}</div>`;
    put(`${head}${group}<p data-problem="files" hidden></p>${tail}`);
    await send(document.querySelector("operation-form"));
    assert.equal(problem("files").textContent, "This is needed.");
    assert.equal(text("failure"), "Wrong.");
    assert.equal(document.activeElement?.id, "a");
  });

  test("says that it has started, and where to look, until something is changed", async () => {
    globalThis.fetch = async () => new Response('{"taskId":"t1"}', { status: 202 });
    await send(form());
    assert.equal(part("started").hidden, false);
    type("count", "4");
    assert.equal(part("started").hidden, true);
  });
});

describe("a task with several results", () => {
  test("shows the main file to download and its pictures in a strip", () => {
    put(markup("_task_card.html").replace("<task-card", "<ul><li><task-card").concat("</li></ul>"));
    const picture = (n) => ({ id: `p${n}`, url: `/outputs/p${n}/t_${n}.jpg`, name: `t_${n}.jpg`, kind: "image", preview: "image", bytes: 9 });
    const archive = { id: "z", url: "/outputs/z/all.zip", name: "all.zip", kind: "archive", preview: "none", bytes: 99 };
    const card = document.querySelector("task-card");
    card.update(taskState({ status: "complete", outputs: [archive, picture(1), picture(2)] }));
    assert.ok(part("download").href.endsWith("all.zip"));
    assert.equal(text("ready"), "✅ Pictures ready!");
    assert.deepEqual(
      [...part("previews").querySelectorAll("a")].map((link) => link.getAttribute("href")),
      ["/outputs/p1/t_1.jpg?inline", "/outputs/p2/t_2.jpg?inline"],
    );
    card.update(taskState({ status: "complete", outputs: [{ ...archive, kind: "rendition", preview: "video" }] }));
    assert.equal(part("previews").hidden, true);
    assert.equal(text("ready"), "✅ Video ready!");
  });
});

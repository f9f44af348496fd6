import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { markup } from "../../support/dom.js";
import { part, put, requests, say, settled, text } from "../../support/elements.js";
import { completeEvent, errorEvent, progressEvent, subscribed, subscribedToAll, taskEvent, taskState } from "../../support/tasks.js";

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

  test("adds a new task first, and keeps the other cards", () => {
    put(list("v1"));
    say(subscribed([taskState({ id: "a", name: "Old", createdAt: "2024-01-01" })]));
    const [old] = cards();
    say(taskEvent({ id: "b", name: "New", createdAt: "2024-01-02" }));
    assert.deepEqual(names(), ["New", "Old"]);
    assert.equal(cards()[1], old);
  });

  test("does not add the server's own tasks or those of another status", () => {
    put(list("*", "error"));
    say(subscribedToAll({ v1: [taskState({ id: "a", housekeeping: true, status: "error" }), taskState({ id: "b" })] }));
    assert.equal(cards().length, 0);
    assert.equal(part("empty").hidden, false);
  });

  test("removes the card of a task that was removed", () => {
    put(list("v1"));
    say(subscribed([taskState()]), subscribed([]));
    assert.equal(cards().length, 0);
  });

  test("a card shows its task from pending to the download", () => {
    put(list("v1"));
    say(subscribed([]), taskEvent({ queuePosition: 1 }));
    const [card] = cards();
    assert.equal(text("status", card), "PENDING");
    assert.equal(text("wait", card), "Position 1 in the queue");
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

  test("an indeterminate bar has no value", () => {
    put(list("v1"));
    say(subscribed([]), progressEvent(2, 0, { indeterminate: true, message: "" }));
    const track = part("bar-track");
    assert.equal(track.hasAttribute("aria-valuenow"), false);
    assert.equal(text("bar-message"), "Processing...");
    assert.equal(part("bar-percent").hidden, true);
  });

  test("a failed task shows its error and remedy", () => {
    put(list("v1"));
    say(subscribed([taskState()]), errorEvent(2));
    assert.match(part("failure").textContent, /❌ Error:\s+The disk is full\./);
    assert.equal(text("failure-remedy"), "Make room.");
    assert.equal(part("retry").hidden, false);
    assert.equal(part("cancel").hidden, true);
  });

  test("cancel sends a request without leaving the page", async () => {
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

  test("a refused action is shown on the card", async () => {
    globalThis.fetch = async () => new Response('{"error":"This edit has already ended."}', { status: 409 });
    put(list("v1"));
    say(subscribed([taskState()]));
    part("cancel").click();
    await settled();
    assert.equal(text("action-problem"), "This edit has already ended.");
  });
});

describe("a task with several results", () => {
  test("shows a download of the main output and thumbnails of its images", () => {
    put(markup("_task_card.html").replace("<task-card", "<ul><li><task-card").concat("</li></ul>"));
    const picture = (n) => ({ id: `p${n}`, url: `/outputs/p${n}/t_${n}.jpg`, name: `t_${n}.jpg`, kind: "image", preview: "image", bytes: 9 });
    const archive = { id: "z", url: "/outputs/z/all.zip", name: "all.zip", kind: "archive", preview: "none", bytes: 99 };
    const card = document.querySelector("task-card");
    card.update(taskState({ status: "complete", outputs: [archive, picture(1), picture(2)] }));
    assert.ok(part("download").href.endsWith("all.zip"));
    assert.equal(text("ready"), "✅ Images ready!");
    assert.deepEqual(
      [...part("previews").querySelectorAll("a")].map((link) => link.getAttribute("href")),
      ["/outputs/p1/t_1.jpg?inline", "/outputs/p2/t_2.jpg?inline"],
    );
    card.update(taskState({ status: "complete", outputs: [{ ...archive, kind: "rendition", preview: "video" }] }));
    assert.equal(part("previews").hidden, true);
    assert.equal(text("ready"), "✅ Video ready!");
  });
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";

import { fillBody, markup, openWindow } from "../../support/dom.js";
import { openPage } from "../../support/page.js";
import { FakeSocket } from "../../support/socket.js";
import { subscribed, subscribedToAll, taskState, videoEvent } from "../../support/tasks.js";

const { Event: PageEvent } = openWindow();
await import("../../../../static/js/main.js");

const DELETED = { state: "deleted", deleted: true };
const savedFetch = globalThis.fetch;
let requests, answer;

beforeEach(() => {
  mock.timers.enable({ apis: ["setInterval", "Date"], now: 1_000_000 });
  openPage();
  requests = [];
  answer = () => new Response('{"deleted":true,"undoSeconds":10}');
  globalThis.fetch = async (url, options = {}) => {
    requests.push(`${options.method} ${url}`);
    return answer(url);
  };
});

afterEach(() => {
  fillBody("");
  mock.timers.reset();
  globalThis.fetch = savedFetch;
});

const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const notices = () => [...document.querySelectorAll("#undo-notices > undo-notice")];
const words = (notice) => notice.textContent.replace(/\s+/g, " ").trim();
const submit = (root) =>
  root.querySelector("form").dispatchEvent(new PageEvent("submit", { bubbles: true, cancelable: true }));

function deleteButton(kind, ids) {
  return markup("_delete_button.html", { kind, ids, name: "talk.mp4" })
    .replace(/data-ids="[^"]*"/, `data-ids="${ids}"`)
    .replace(/data-next="[^"]*"/, "");
}

/** The place of the notices, none there yet. */
function undoPlace() {
  const notice = markup("_undo_notice.html").replace(/data-seconds="[^"]*"/, "");
  return `<div id="undo-notices"><template>${notice}</template></div>`;
}

function library() {
  const item = `<li data-video-id="v1"><a href="/videos/v1/">talk.mp4</a>${deleteButton("video", "v1")}</li>`;
  const other = '<li data-video-id="v2"><a href="/videos/v2/">other.mp4</a></li>';
  fillBody(`<main tabindex="-1"><video-grid id="video-grid"><ul>${item}${other}</ul></video-grid></main>${undoPlace()}`);
  FakeSocket.last.open();
  say(subscribedToAll({}));
  return document.querySelector("li");
}

describe("<delete-button>", () => {
  test("hides the card immediately, and offers to undo it for as long as the server allows", async () => {
    const item = library();
    submit(item);
    assert.equal(item.hidden, true);
    await settled();
    assert.deepEqual(requests, ["DELETE /api/videos/v1"]);
    assert.match(words(notices()[0]), /^talk\.mp4 was deleted\. Undo \(10 s\)/);
    mock.timers.tick(4100);
    assert.match(words(notices()[0]), /Undo \(6 s\)/);
    mock.timers.tick(6000);
    assert.equal(notices().length, 0);
  });

  test("restores the card where the server refuses, and shows why", async () => {
    const item = library();
    answer = () => new Response('{"error":"There is nothing here."}', { status: 404 });
    submit(item);
    await settled();
    assert.equal(item.hidden, false);
    assert.match(words(notices()[0]), /talk\.mp4 could not be deleted\. There is nothing here\./);
    document.querySelector('[data-part="undo-dismiss"]').click();
    assert.equal(notices().length, 0);
  });

  test("moves the focus to the undo button, and after an undo to the card", async () => {
    const item = library();
    item.querySelector("button").focus();
    submit(item);
    await settled();
    assert.equal(document.activeElement, notices()[0].querySelector("form button"));
    submit(notices()[0]);
    await settled();
    assert.equal(requests[1], "POST /api/videos/v1/restore");
    assert.equal(item.hidden, false);
    assert.equal(document.activeElement, item.querySelector("a"));
  });

  test("deletes all outputs of a task or none", async () => {
    fillBody(`<ul><li>${deleteButton("output", "o1 o2 o3")}</li></ul>${undoPlace()}`);
    answer = (url) => new Response('{"error":"No."}', { status: url.endsWith("/o3") ? 500 : 200 });
    assert.equal(document.querySelector("button").getAttribute("aria-label"), "Delete talk.mp4 and 2 individual files");
    submit(document.querySelector("li"));
    await settled();
    assert.deepEqual(requests.slice(3), ["POST /api/outputs/o1/restore", "POST /api/outputs/o2/restore"]);
    assert.equal(document.querySelector("li").hidden, false);
  });
});

describe("<undo-notice>", () => {
  test("rendered by the server counts down from when the page was requested", () => {
    mock.timers.setTime(performance.timeOrigin + 2500);
    fillBody(`<undo-notice data-kind="video" data-ids="v1" data-name="talk.mp4" data-seconds="9">
      <form><button data-part="undo">Undo</button></form></undo-notice>`);
    assert.match(words(document.querySelector("undo-notice")), /Undo \(7 s\)/);
  });

  test("counts down independently of other notices", async () => {
    const item = library();
    submit(item);
    await settled();
    mock.timers.tick(5000);
    say(videoEvent(2));
    submit(item);
    await settled();
    assert.equal(notices().length, 2);
    mock.timers.tick(5100);
    assert.equal(notices().length, 1);
  });

  test("shows an error where the time is over", async () => {
    submit(library());
    await settled();
    answer = () => new Response('{"error":"There is nothing here."}', { status: 404 });
    submit(notices()[0]);
    await settled();
    assert.match(words(notices()[0]), /could not be restored\. There is nothing here\./);
  });
});

describe("in another window", () => {
  test("the card is hidden and shown again", () => {
    const item = library();
    say(videoEvent(1, DELETED));
    assert.equal(item.hidden, true);
    assert.equal(notices().length, 0);
    say(videoEvent(2));
    assert.equal(item.hidden, false);
  });

  test("a video's page is replaced, and shown again", () => {
    const gone = markup("_deleted_video.html", { "video.id": "v1", "video.name": "talk.mp4" });
    fillBody(`<main tabindex="-1">${gone}<div id="video-main"><button>Trim</button></div></main>`);
    FakeSocket.last.open();
    say(subscribed([taskState()]));
    const [notice, main] = [document.querySelector("deleted-video"), document.getElementById("video-main")];
    main.querySelector("button").focus();
    say(videoEvent(1, DELETED));
    assert.deepEqual([notice.hidden, main.hidden], [false, true]);
    assert.match(words(notice), /This video was deleted\./);
    assert.equal(document.activeElement.dataset.part, "deleted-title");
    say(videoEvent(2));
    assert.deepEqual([notice.hidden, main.hidden], [true, false]);
  });
});

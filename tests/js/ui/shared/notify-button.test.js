import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { fillBody, openWindow } from "../../support/dom.js";
import { openPage } from "../../support/page.js";
import { FakeSocket } from "../../support/socket.js";
import { completeEvent, errorEvent, progressEvent, subscribedToAll, taskEvent, taskState } from "../../support/tasks.js";

openWindow();
globalThis.localStorage = window.localStorage;
await import("../../../../static/js/main.js");

const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

beforeEach(() => openPage());
afterEach(() => fillBody(""));

function put(html) {
  fillBody(html);
  FakeSocket.last.open();
}

describe("<notify-button>", () => {
  let told;

  class Notice {
    static permission = "default";
    static requestPermission = async () => (Notice.permission = "granted");

    constructor(title, { tag, body }) {
      told.push({ title, tag, body });
    }
  }

  const button = () => document.querySelector("notify-button");
  const look = (away) => Object.defineProperty(document, "hidden", { value: away, configurable: true });

  beforeEach(() => {
    told = [];
    Notice.permission = "default";
    globalThis.Notification = window.Notification = Notice;
    localStorage.clear();
    look(false);
    put("<notify-button><button>Notify me</button></notify-button>");
    say(subscribedToAll({ v1: [taskState({ videoName: "talk.mp4" }), taskState({ id: "t2" })] }));
  });

  afterEach(() => {
    delete globalThis.Notification;
    delete window.Notification;
  });

  test("asks once it is pressed, and is gone then", async () => {
    assert.equal(button().hidden, false);
    button().click();
    await settled();
    assert.equal(button().hidden, true);
  });

  test("tells of an end while the page is not looked at", async () => {
    button().click();
    await settled();
    look(true);
    say(progressEvent(2, 40), completeEvent(3), errorEvent(2, { taskId: "t2" }));
    assert.deepEqual(told, [
      { title: "Trim 00:10-00:30: Complete!", tag: "t1", body: "talk.mp4" },
      { title: "Trim 00:10-00:30: The disk is full.", tag: "t2", body: "" },
    ]);
  });

  test("says nothing to somebody who looks, of what was cancelled, or unasked", async () => {
    look(true);
    say(completeEvent(3));
    look(false);
    button().click();
    await settled();
    say(errorEvent(2, { taskId: "t2" }));
    look(true);
    say(taskEvent({ id: "t3" }), taskEvent({ id: "t3", seq: 2, status: "cancelled" }));
    assert.deepEqual(told, []);
  });
});

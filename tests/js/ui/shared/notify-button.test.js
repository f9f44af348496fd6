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
  let notifications;

  class Notice {
    static permission = "default";
    static requestPermission = async () => (Notice.permission = "granted");

    constructor(title, { tag, body }) {
      notifications.push({ title, tag, body });
    }
  }

  const button = () => document.querySelector("notify-button");
  const setHidden = (hidden) => Object.defineProperty(document, "hidden", { value: hidden, configurable: true });

  beforeEach(() => {
    notifications = [];
    Notice.permission = "default";
    globalThis.Notification = window.Notification = Notice;
    localStorage.clear();
    setHidden(false);
    put("<notify-button><button>Notify me when done</button></notify-button>");
    say(subscribedToAll({ v1: [taskState({ videoName: "talk.mp4" }), taskState({ id: "t2" })] }));
  });

  afterEach(() => {
    delete globalThis.Notification;
    delete window.Notification;
  });

  test("asks for permission when clicked, and is hidden afterwards", async () => {
    assert.equal(button().hidden, false);
    button().click();
    await settled();
    assert.equal(button().hidden, true);
  });

  test("notifies of ended tasks while the page is hidden", async () => {
    button().click();
    await settled();
    setHidden(true);
    say(progressEvent(2, 40), completeEvent(3), errorEvent(2, { taskId: "t2" }));
    assert.deepEqual(notifications, [
      { title: "Trim 00:10-00:30: Complete!", tag: "t1", body: "talk.mp4" },
      { title: "Trim 00:10-00:30: The disk is full.", tag: "t2", body: "" },
    ]);
  });

  test("does not notify while the page is visible, of cancelled tasks, or without permission", async () => {
    setHidden(true);
    say(completeEvent(3));
    setHidden(false);
    button().click();
    await settled();
    say(errorEvent(2, { taskId: "t2" }));
    setHidden(true);
    say(taskEvent({ id: "t3" }), taskEvent({ id: "t3", seq: 2, status: "cancelled" }));
    assert.deepEqual(notifications, []);
  });
});

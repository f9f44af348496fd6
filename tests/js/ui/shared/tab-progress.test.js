import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { fillBody, openWindow } from "../../support/dom.js";
import { openPage } from "../../support/page.js";
import { FakeSocket } from "../../support/socket.js";
import { completeEvent, subscribedToAll, taskState } from "../../support/tasks.js";

openWindow();
await import("../../../../static/js/main.js");

const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));

beforeEach(() => openPage());
afterEach(() => fillBody(""));

function put(html) {
  fillBody(html);
  FakeSocket.last.open();
}

describe("<tab-progress>", () => {
  const icon = () => document.querySelector("link[rel=icon]").href;

  beforeEach(() => {
    document.title = "Library";
    document.head.innerHTML = '<title>Library</title><link rel="icon" href="/static/icon.svg">';
  });

  test("shows the overall progress in title and icon, and restores both at the end", () => {
    const plain = icon();
    put("<tab-progress></tab-progress>");
    say(subscribedToAll({ v1: [taskState({ status: "processing", attempt: 1, progress: 41.9 })] }));
    assert.equal(document.title, "41% · Library");
    assert.match(icon(), /^data:image\/svg\+xml/);
    say(completeEvent(5));
    assert.equal(document.title, "Library");
    assert.equal(icon(), plain);
  });
});

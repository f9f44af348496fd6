import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { fillBody, openWindow } from "../../support/dom.js";
import { bodyText, say, servePages, settled } from "../../support/served-page.js";
import { FakeSocket } from "../../support/socket.js";
import { subscribedToAll, taskEvent, taskState } from "../../support/tasks.js";

openWindow();
await import("../../../../static/js/main.js");

const served = servePages();

describe("<video-grid>", () => {
  const item = (id, version, text) => `<li data-video-id="${id}" data-version="${version}">${text}</li>`;
  const grid = (...items) => `<video-grid id="video-grid"><ul>${items.join("")}</ul></video-grid>`;

  test("adds a new video, and keeps the cards that are unchanged", async () => {
    served.html = grid(item("v2", "arriving", "second"), item("v1", "ready", "first, as the server has it"));
    fillBody(grid(item("v1", "ready", "first")));
    FakeSocket.last.open();
    say(subscribedToAll({ v1: [taskState()] }));
    await settled();
    assert.equal(served.fetches, 0);
    say(taskEvent({ id: "t2", videoId: "v2" }));
    await settled();
    assert.deepEqual([...document.querySelectorAll("li")].map((each) => each.textContent), ["second", "first"]);
  });

  test("replaces a card when its video becomes ready", async () => {
    served.html = grid(item("v1", "ready", "ready"));
    fillBody(grid(item("v1", "arriving", "arriving")));
    FakeSocket.last.open();
    say(subscribedToAll({ v1: [taskState({ housekeeping: true })] }));
    say(taskEvent({ housekeeping: true, status: "complete", seq: 2 }));
    await settled();
    assert.equal(bodyText(), "ready");
  });

  test("replaces its empty state with the first video", async () => {
    served.html = grid(item("v1", "arriving", "first"));
    fillBody('<video-grid id="video-grid">No videos yet.</video-grid>');
    FakeSocket.last.open();
    say(subscribedToAll({}), taskEvent({}));
    await settled();
    assert.equal(bodyText(), "first");
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { fillBody, markup } from "../../support/dom.js";
import { clock, part, put, text } from "../../support/elements.js";
import { FakeSocket } from "../../support/socket.js";

describe("<connection-status>", () => {
  test("shows connected and disconnected", () => {
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

  test("shows that updates are delayed, until they are not", () => {
    fillBody(markup("_connection.html"));
    FakeSocket.last.open();
    FakeSocket.last.say({ type: "degraded", videoId: null, data: { degraded: true } });
    assert.equal(text("note"), "Updates are delayed; your jobs keep running");
    assert.equal(part("lost").hidden, false);
    assert.equal(text("state"), "WebSocket: ✅ Connected");
    FakeSocket.last.say({ type: "degraded", videoId: null, data: { degraded: false } });
    assert.equal(part("lost").hidden, true);
  });

  test("shows that the user is signed out, and offers to retry", () => {
    fillBody(markup("_connection.html"));
    FakeSocket.last.open();
    FakeSocket.last.cut(4401);
    assert.equal(text("note"), "You are signed out. Reload the page to sign in again.");
    assert.equal(part("retry").hidden, false);
  });

  test("removes its listeners when it leaves the page", () => {
    put(markup("_connection.html"));
    const element = document.querySelector("connection-status");
    element.remove();
    FakeSocket.last.cut();
    assert.equal(text("state", element), "WebSocket: ✅ Connected");
  });
});

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { fillBody, openWindow } from "../../support/dom.js";
import { bodyText, say, servePages, settled } from "../../support/served-page.js";
import { FakeSocket } from "../../support/socket.js";
import { completeEvent, progressEvent, subscribed, taskState } from "../../support/tasks.js";

openWindow();
await import("../../../../static/js/main.js");

const served = servePages();

let number = 0;

/** A part with an id of its own: what a page was refreshed for is remembered by id. */
function part(attributes, text) {
  return `<live-part id="part-${number}" data-video-id="v1" ${attributes}>${text}</live-part>`;
}

describe("<live-part>", () => {
  beforeEach(() => {
    number += 1;
  });

  async function show(attributes, ...messages) {
    served.html = part(attributes, "new");
    fillBody(part(attributes, "old"));
    FakeSocket.last.open();
    say(...messages);
    await settled();
  }

  test("is fetched again when a task ends", async () => {
    await show('data-refresh-on="end"', subscribed([taskState()]), progressEvent(2, 50));
    assert.equal(bodyText(), "old");
    say(completeEvent(3));
    await settled();
    assert.equal(bodyText(), "new");
    assert.equal(served.fetches, 1);
  });

  test("is fetched again for a task that ended before the page subscribed", async () => {
    await show('data-refresh-on="end"', subscribed([taskState({ status: "complete" })]));
    assert.equal(bodyText(), "new");
  });

  test("is fetched once per ended task, even if the server renders it unchanged", async () => {
    await show('data-refresh-on="end"', subscribed([taskState({ status: "complete" })]));
    say(subscribed([taskState({ status: "complete" })]));
    await settled();
    assert.equal(served.fetches, 1);
  });

  test("ignores tasks that it already shows, and the server's own tasks", async () => {
    const own = taskState({ id: "t2", housekeeping: true, status: "complete" });
    await show('data-refresh-on="end" data-known="t1:0 "', subscribed([taskState({ status: "complete" }), own]));
    assert.equal(served.fetches, 0);
  });

  test("with data-housekeeping is fetched again for the server's own tasks", async () => {
    await show('data-refresh-on="end" data-housekeeping', subscribed([taskState({ housekeeping: true, status: "complete" })]));
    assert.equal(bodyText(), "new");
  });

  test('with data-refresh-on="status" is fetched again when a status changes, not at the first snapshot', async () => {
    await show('data-refresh-on="status"', subscribed([taskState()]));
    assert.equal(served.fetches, 0);
    say(progressEvent(2, 1), progressEvent(3, 2));
    await settled();
    assert.equal(served.fetches, 1);
  });

  test("is kept where the request fails", async () => {
    globalThis.fetch = async () => {
      throw new TypeError("Failed to fetch");
    };
    await show('data-refresh-on="end"', subscribed([taskState({ status: "complete" })]));
    assert.equal(bodyText(), "old");
  });
});

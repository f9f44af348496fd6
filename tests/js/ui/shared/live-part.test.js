import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { fillBody, openWindow } from "../../support/dom.js";
import { openPage } from "../../support/page.js";
import { FakeSocket } from "../../support/socket.js";
import { completeEvent, progressEvent, subscribed, taskState } from "../../support/tasks.js";

openWindow();
await import("../../../../static/js/main.js");

const savedFetch = globalThis.fetch;
let served, fetches;

beforeEach(() => {
  openPage();
  fetches = 0;
  globalThis.fetch = async () => {
    fetches += 1;
    return new Response(`<html><body>${served}</body></html>`);
  };
});

afterEach(() => {
  fillBody("");
  globalThis.fetch = savedFetch;
});

const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
const settled = () => new Promise((resolve) => setTimeout(resolve, 200));
const body = () => document.body.textContent.trim();

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
    served = part(attributes, "new");
    fillBody(part(attributes, "old"));
    FakeSocket.last.open();
    say(...messages);
    await settled();
  }

  test("is fetched again when a task ends", async () => {
    await show('data-refresh-on="end"', subscribed([taskState()]), progressEvent(2, 50));
    assert.equal(body(), "old");
    say(completeEvent(3));
    await settled();
    assert.equal(body(), "new");
    assert.equal(fetches, 1);
  });

  test("is fetched again for a task that ended before the page subscribed", async () => {
    await show('data-refresh-on="end"', subscribed([taskState({ status: "complete" })]));
    assert.equal(body(), "new");
  });

  test("is fetched once per ended task, even if the server renders it unchanged", async () => {
    await show('data-refresh-on="end"', subscribed([taskState({ status: "complete" })]));
    say(subscribed([taskState({ status: "complete" })]));
    await settled();
    assert.equal(fetches, 1);
  });

  test("ignores tasks that it already shows, and the server's own tasks", async () => {
    const own = taskState({ id: "t2", housekeeping: true, status: "complete" });
    await show('data-refresh-on="end" data-known="t1:0 "', subscribed([taskState({ status: "complete" }), own]));
    assert.equal(fetches, 0);
  });

  test("with data-housekeeping is fetched again for the server's own tasks", async () => {
    await show('data-refresh-on="end" data-housekeeping', subscribed([taskState({ housekeeping: true, status: "complete" })]));
    assert.equal(body(), "new");
  });

  test('with data-refresh-on="status" is fetched again when a status changes, not at the first snapshot', async () => {
    await show('data-refresh-on="status"', subscribed([taskState()]));
    assert.equal(fetches, 0);
    say(progressEvent(2, 1), progressEvent(3, 2));
    await settled();
    assert.equal(fetches, 1);
  });

  test("is kept where the request fails", async () => {
    globalThis.fetch = async () => {
      throw new TypeError("Failed to fetch");
    };
    await show('data-refresh-on="end"', subscribed([taskState({ status: "complete" })]));
    assert.equal(body(), "old");
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { Page } from "../../../static/js/live/page.js";
import { Store } from "../../../static/js/state/store.js";
import { progressEvent, videoEvent } from "../support/tasks.js";

function makePage() {
  const log = [];
  const live = Object.assign(new EventTarget(), {
    subscribe: (id) => log.push(`+${id}`),
    unsubscribe: (id) => log.push(`-${id}`),
  });
  return { page: new Page(live, new Store()), live, log };
}

test("a video is subscribed to once, as long as any element watches it", () => {
  const { page, log } = makePage();
  const stopFirst = page.watch("v1");
  const stopSecond = page.watch("v1");
  stopFirst();
  assert.deepEqual(log, ["+v1"]);
  stopSecond();
  page.watch("v1");
  assert.deepEqual(log, ["+v1", "-v1", "+v1"]);
});

test("events of the server reach the store", () => {
  const { page, live } = makePage();
  live.dispatchEvent(new CustomEvent("event", { detail: progressEvent(1, 42) }));
  assert.equal(page.store.state.tasks.t1.progress, 42);
});

test("a restored video is subscribed to again where it is watched", () => {
  const { page, live, log } = makePage();
  page.watch("v1");
  page.watch("*");
  const say = (detail) => live.dispatchEvent(new CustomEvent("event", { detail }));
  say(videoEvent(1, { state: "deleted", deleted: true }));
  assert.deepEqual(log, ["+v1", "+*"]);
  say(videoEvent(2));
  assert.deepEqual(log, ["+v1", "+*", "+v1", "+*"]);
});

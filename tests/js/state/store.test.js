import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY_STATE } from "../../../static/js/state/state.js";
import { Store } from "../../../static/js/state/store.js";
import { progressEvent } from "../support/tasks.js";

test("a store dispatches only changes", () => {
  const store = new Store();
  const changes = [];
  store.addEventListener("change", ({ detail }) => changes.push(detail));
  store.apply(progressEvent(1, 10));
  store.apply(progressEvent(1, 10));
  assert.equal(changes.length, 1);
  assert.equal(changes[0].before, EMPTY_STATE);
  assert.equal(changes[0].after, store.state);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { reconnectDelay } from "../../../static/js/live/backoff.js";

const least = (failures) => reconnectDelay(failures, () => 0);
const most = (failures) => reconnectDelay(failures, () => 1);

test("delays double from two seconds up to thirty", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50, 2000].map(least), [2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
});

test("each delay is extended by up to a quarter", () => {
  assert.equal(most(0), 2500);
  assert.equal(most(10), 37500);
  for (let i = 0; i < 100; i += 1) {
    const wait = reconnectDelay(1);
    assert.ok(wait >= 4000 && wait <= 5000);
  }
});

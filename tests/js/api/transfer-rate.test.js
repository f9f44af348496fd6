import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { TransferRate } from "../../../static/js/api/transfer-rate.js";

describe("a transfer rate", () => {
  const steady = (bytesPerSecond, seconds) => {
    const rate = new TransferRate();
    rate.restart(0, 100);
    for (let at = 1; at <= seconds; at += 1) {
      rate.measure(at * bytesPerSecond, 100 + at);
    }
    return rate;
  };

  test("of a constant transfer is its speed", () => {
    assert.equal(Math.round(steady(1000, 10).bytesPerSecond), 1000);
    assert.equal(Math.round(steady(1000, 10).secondsLeft(20_000)), 10);
  });

  test("is smoothed: one slow chunk does not halve it", () => {
    const rate = steady(1000, 10);
    rate.measure(10_100, 111);
    assert.equal(rate.bytesPerSecond > 800, true);
  });

  test("has no time left during the warm-up", () => {
    assert.equal(new TransferRate().secondsLeft(10), null);
    assert.equal(steady(1000, 2).secondsLeft(20_000), null);
  });

  test("discards what was measured before a pause", () => {
    const rate = steady(1000, 10);
    rate.restart(10_000, 500);
    assert.equal(rate.bytesPerSecond, null);
    rate.measure(10_500, 501);
    assert.equal(rate.bytesPerSecond, 500);
  });

  test("ignores a second measurement at the same time", () => {
    const rate = steady(1000, 5);
    rate.measure(6000, 105);
    assert.equal(Math.round(rate.bytesPerSecond), 1000);
  });
});

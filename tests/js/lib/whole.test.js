import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { NOTHING } from "../../../static/js/lib/state.js";
import { ringIcon, secondsLeft, wholePercentOf } from "../../../static/js/lib/whole.js";
import { taskState } from "../support/tasks.js";

const state = (...tasks) => ({
  ...NOTHING,
  tasks: Object.fromEntries(tasks.map((each, n) => [`t${n}`, taskState({ id: `t${n}`, ...each })])),
});

describe("everything together", () => {
  test("is as far as its jobs are on average", () => {
    const both = state({ status: "processing", progress: 80 }, { status: "pending", progress: 0 });
    assert.equal(wholePercentOf(both), 40);
    assert.equal(wholePercentOf(NOTHING), null);
  });

  test("ends with the last job", () => {
    const both = state({ status: "processing", etaSeconds: 10 }, { status: "pending", endsInSeconds: 70 });
    assert.equal(secondsLeft(both), 70);
  });

  test("has no end while one does not say", () => {
    assert.equal(secondsLeft(state({ status: "processing", etaSeconds: null })), null);
    assert.equal(secondsLeft(state({ status: "processing", etaSeconds: 3 }, { status: "pending" })), null);
    assert.equal(secondsLeft(NOTHING), null);
  });
});

test("the ring of the icon is filled as far as the work is done", () => {
  const dashes = (percent) => decodeURIComponent(ringIcon(percent)).match(/stroke-dasharray="([\d.]+) ([\d.]+)"/);
  assert.equal(dashes(0)[1], "0.0");
  assert.ok(Math.abs(dashes(50)[1] - dashes(50)[2] / 2) < 0.1);
  assert.equal(dashes(100)[1], dashes(100)[2]);
});

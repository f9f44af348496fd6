import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { NOTHING } from "../../../static/js/state/state.js";
import { ringIcon, wholeOf } from "../../../static/js/state/overall-progress.js";
import { taskState } from "../support/tasks.js";

const at = (minute) => `2024-11-02T10:${String(minute).padStart(2, "0")}:00+00:00`;

const state = (...tasks) => ({
  ...NOTHING,
  tasks: Object.fromEntries(tasks.map((each, n) => [`t${n}`, taskState({ id: `t${n}`, ...each })])),
});

const running = (changes) => ({ status: "processing", attempt: 1, createdAt: at(10), progress: 50, ...changes });
const complete = (asked, finished, changes) => ({
  status: "complete", progress: 100, attempt: 1, createdAt: at(asked), finishedAt: at(finished), ...changes,
});

const counts = (...tasks) => {
  const { done, failed, total } = wholeOf(state(...tasks));
  return { done, failed, total };
};

describe("everything that was asked for together", () => {
  test("is nothing where nothing is under way", () => {
    assert.equal(wholeOf(NOTHING), null);
    assert.equal(wholeOf(state(complete(1, 2))), null);
  });

  test("counts what ended since the first of them was asked for, and nothing older", () => {
    assert.deepEqual(counts(running(), complete(8, 11), complete(5, 8), complete(1, 4)), { done: 2, failed: 0, total: 3 });
  });

  test("counts failures among the ends, and what was cancelled not at all", () => {
    const failed = { ...complete(10, 12), status: "error" };
    const cancelled = { ...complete(10, 12), status: "cancelled" };
    assert.deepEqual(counts(running(), failed, cancelled), { done: 1, failed: 1, total: 2 });
  });

  test("takes a retried task for one of today", () => {
    assert.deepEqual(counts(running({ attempt: 2, createdAt: at(1) }), complete(2, 3)), { done: 0, failed: 0, total: 1 });
    const waiting = { status: "pending", attempt: 1, createdAt: at(1) };
    assert.deepEqual(counts(waiting, complete(2, 3)), { done: 0, failed: 0, total: 1 });
  });

  test("is looked at for one video, or without one", () => {
    const both = state(running({ videoId: "v1" }), running({ videoId: "v2", progress: 20 }));
    assert.equal(wholeOf(both, { videoId: "v2" }).percent, 20);
    assert.equal(wholeOf(both, { except: "v2" }).percent, 50);
    assert.equal(wholeOf(both).total, 2);
  });
});

describe("its percent", () => {
  test("is the mean of all, each by what it is expected to cost", () => {
    const long = running({ progress: 10, expectedSeconds: 90 });
    const short = complete(10, 11, { expectedSeconds: 10 });
    assert.equal(wholeOf(state(long, short)).percent, 19);
  });

  test("does not fall when one of them ends", () => {
    const [first, second] = [running({ progress: 90 }), running({ progress: 10 })];
    const before = wholeOf(state(first, second)).percent;
    const after = wholeOf(state(complete(10, 12), second)).percent;
    assert.ok(after >= before, `${after} after ${before}`);
  });

  test("is not known where none says how far it is", () => {
    assert.equal(wholeOf(state(running({ indeterminate: true }))).percent, null);
  });
});

describe("its end", () => {
  test("comes with the last job", () => {
    const both = state(running({ etaSeconds: 10 }), { status: "pending", endsInSeconds: 70 });
    assert.equal(wholeOf(both).left, 70);
  });

  test("is not known while one does not say", () => {
    assert.equal(wholeOf(state(running({ etaSeconds: null }))).left, null);
    assert.equal(wholeOf(state(running({ etaSeconds: 3 }), { status: "pending" })).left, null);
  });
});

test("the ring of the icon is filled as far as the work is done", () => {
  const dashes = (percent) => decodeURIComponent(ringIcon(percent)).match(/stroke-dasharray="([\d.]+) ([\d.]+)"/);
  assert.equal(dashes(0)[1], "0.0");
  assert.ok(Math.abs(dashes(50)[1] - dashes(50)[2] / 2) < 0.1);
  assert.equal(dashes(100)[1], dashes(100)[2]);
});

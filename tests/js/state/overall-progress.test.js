import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { EMPTY_STATE } from "../../../static/js/state/state.js";
import { overallProgress } from "../../../static/js/state/overall-progress.js";
import { taskState } from "../support/tasks.js";

const at = (minute) => `2024-11-02T10:${String(minute).padStart(2, "0")}:00+00:00`;

const state = (...tasks) => ({
  ...EMPTY_STATE,
  tasks: Object.fromEntries(tasks.map((each, n) => [`t${n}`, taskState({ id: `t${n}`, ...each })])),
});

const running = (changes) => ({ status: "processing", attempt: 1, createdAt: at(10), progress: 50, ...changes });
const complete = (requested, finished, changes) => ({
  status: "complete", progress: 100, attempt: 1, createdAt: at(requested), finishedAt: at(finished), ...changes,
});

const counts = (...tasks) => {
  const { done, failed, total } = overallProgress(state(...tasks));
  return { done, failed, total };
};

describe("the overall progress", () => {
  test("is null where nothing is active", () => {
    assert.equal(overallProgress(EMPTY_STATE), null);
    assert.equal(overallProgress(state(complete(1, 2))), null);
  });

  test("counts the tasks that ended since the first active one was requested", () => {
    assert.deepEqual(counts(running(), complete(8, 11), complete(5, 8), complete(1, 4)), { done: 2, failed: 0, total: 3 });
  });

  test("counts failures as ended, and cancelled tasks not at all", () => {
    const failed = { ...complete(10, 12), status: "error" };
    const cancelled = { ...complete(10, 12), status: "cancelled" };
    assert.deepEqual(counts(running(), failed, cancelled), { done: 1, failed: 1, total: 2 });
  });

  test("ignores when a retried task was requested", () => {
    assert.deepEqual(counts(running({ attempt: 2, createdAt: at(1) }), complete(2, 3)), { done: 0, failed: 0, total: 1 });
    const waiting = { status: "pending", attempt: 1, createdAt: at(1) };
    assert.deepEqual(counts(waiting, complete(2, 3)), { done: 0, failed: 0, total: 1 });
  });

  test("can be limited to one video, or exclude one", () => {
    const both = state(running({ videoId: "v1" }), running({ videoId: "v2", progress: 20 }));
    assert.equal(overallProgress(both, { videoId: "v2" }).percent, 20);
    assert.equal(overallProgress(both, { except: "v2" }).percent, 50);
    assert.equal(overallProgress(both).total, 2);
  });
});

describe("its percent", () => {
  test("is the mean weighted by the expected duration", () => {
    const long = running({ progress: 10, expectedSeconds: 90 });
    const short = complete(10, 11, { expectedSeconds: 10 });
    assert.equal(overallProgress(state(long, short)).percent, 19);
  });

  test("does not fall when a task ends", () => {
    const [first, second] = [running({ progress: 90 }), running({ progress: 10 })];
    const before = overallProgress(state(first, second)).percent;
    const after = overallProgress(state(complete(10, 12), second)).percent;
    assert.ok(after >= before, `${after} after ${before}`);
  });

  test("is null where no task has a percentage", () => {
    assert.equal(overallProgress(state(running({ indeterminate: true }))).percent, null);
  });
});

describe("its time left", () => {
  test("is that of the last task", () => {
    const both = state(running({ etaSeconds: 10 }), { status: "pending", endsInSeconds: 70 });
    assert.equal(overallProgress(both).secondsLeft, 70);
  });

  test("is null while a task has no estimate", () => {
    assert.equal(overallProgress(state(running({ etaSeconds: null }))).secondsLeft, null);
    assert.equal(overallProgress(state(running({ etaSeconds: 3 }), { status: "pending" })).secondsLeft, null);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { activeTask, isDeleted, taskOf, tasksOf, uploadOf, uploadsOf } from "../../../static/js/state/selectors.js";
import { EMPTY_STATE } from "../../../static/js/state/state.js";
import { reduce } from "../../../static/js/state/reducer.js";
import {
  progressEvent, subscribed, subscribedToAll, taskEvent, taskState, uploadEvent, videoEvent,
} from "../support/tasks.js";

const after = (...events) => events.reduce(reduce, EMPTY_STATE);
const DELETED = { state: "deleted", deleted: true };

describe("a deleted video", () => {
  test("hides its tasks and its upload", () => {
    const state = after(subscribedToAll({ v1: [taskState()] }), uploadEvent(1, 5), videoEvent(1, DELETED));
    assert.equal(isDeleted(state, "v1"), true);
    assert.deepEqual(tasksOf(state, "*"), []);
    assert.deepEqual(uploadsOf(state), []);
    assert.equal(taskOf(state, "t1"), undefined);
    assert.equal(activeTask(state, "v1"), null);
  });

  test("is still updated, so that it is current when restored", () => {
    const gone = after(subscribed([taskState()]), videoEvent(1, DELETED), progressEvent(5, 60));
    assert.deepEqual(tasksOf(gone, "v1"), []);
    const back = reduce(gone, videoEvent(2));
    assert.equal(tasksOf(back, "v1")[0].progress, 60);
  });

  test("is not restored by an older event", () => {
    assert.equal(isDeleted(after(videoEvent(2, DELETED), videoEvent(1)), "v1"), true);
  });

  test("stays deleted where the snapshot of all lacks it, and is restored where it contains it", () => {
    const state = after(subscribedToAll({ v1: [taskState()] }), videoEvent(1, DELETED));
    assert.equal(isDeleted(reduce(state, subscribedToAll({})), "v1"), true);
    assert.equal(isDeleted(reduce(state, subscribedToAll({ v1: [] })), "v1"), false);
  });

  test("follows from a refused subscription, until it is restored", () => {
    const refused = { type: "error", videoId: "v1", data: { error: "There is nothing here.", code: "not_found" } };
    const state = after(videoEvent(3), refused);
    assert.equal(isDeleted(state, "v1"), true);
    assert.equal(isDeleted(reduce(state, videoEvent(4)), "v1"), false);
  });
});

describe("an upload", () => {
  const arriving = videoEvent(1, { state: "arriving" });

  test("is active until 100 percent, and is not reopened by a late event", () => {
    const state = after(arriving, uploadEvent(1, 40));
    assert.equal(uploadOf(state, "v1").percent, 40);
    const over = reduce(state, uploadEvent(9, 100));
    assert.equal(uploadOf(over, "v1"), null);
    assert.equal(uploadOf(reduce(over, uploadEvent(8, 90)), "v1"), null);
  });

  for (const state of ["ready", "broken"]) {
    test(`is over once its video is ${state}`, () => {
      assert.equal(uploadOf(after(arriving, uploadEvent(1, 40), videoEvent(2, { state })), "v1"), null);
    });
  }
});

test("a task can lose outputs", () => {
  const outputs = [{ id: "o1" }, { id: "o2" }];
  const state = after(taskEvent({ seq: 1, status: "complete", outputs }), taskEvent({ seq: 2, status: "complete", outputs: [outputs[1]] }));
  assert.deepEqual(state.tasks.t1.outputs, [{ id: "o2" }]);
});

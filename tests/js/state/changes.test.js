import assert from "node:assert/strict";
import { test } from "node:test";

import { deletedVideos, endedTasks, processedVideos, removedTasks, restoredVideos, tasksWithNewOutputs, tasksWithNewStatus, videoIds } from "../../../static/js/state/changes.js";
import { EMPTY_STATE } from "../../../static/js/state/state.js";
import { reduce } from "../../../static/js/state/reducer.js";
import { completeEvent, progressEvent, subscribed, taskEvent, taskState, videoEvent } from "../support/tasks.js";

const after = (...events) => events.reduce(reduce, EMPTY_STATE);
const ids = (tasks) => tasks.map((task) => task.id);

test("a new task counts as having a new status", () => {
  const one = after(progressEvent(1, 10));
  assert.deepEqual(ids(tasksWithNewStatus(EMPTY_STATE, one, "*")), ["t1"]);
  assert.deepEqual(ids(tasksWithNewStatus(one, reduce(one, progressEvent(2, 20)), "*")), []);
  assert.deepEqual(ids(tasksWithNewStatus(one, reduce(one, completeEvent(2)), "v1")), ["t1"]);
  assert.deepEqual(ids(tasksWithNewStatus(one, reduce(one, completeEvent(2)), "v2")), []);
});

test("a task has ended when its status becomes terminal", () => {
  const one = after(taskEvent({ status: "pending" }));
  const two = reduce(one, progressEvent(2, 20));
  assert.deepEqual(ids(endedTasks(one, two, "v1")), []);
  assert.deepEqual(ids(endedTasks(two, reduce(two, completeEvent(3)), "v1")), ["t1"]);
});

test("a task was removed when a snapshot that should contain it does not", () => {
  const old = taskState({ id: "old", createdAt: "2024-01-01T00:00:00Z" });
  const middle = taskState({ id: "middle", createdAt: "2024-01-02T00:00:00Z" });
  const recent = taskState({ id: "recent", createdAt: "2024-01-03T00:00:00Z" });
  const all = after(subscribed([old, middle, recent]));
  assert.deepEqual(ids(removedTasks(all, after(subscribed([old, recent])), "v1")), ["middle"]);
  assert.deepEqual(ids(removedTasks(all, after(subscribed([middle, recent])), "v1")), []);
  assert.equal(removedTasks(all, after(subscribed([])), "v1").length, 3);
});

test("videos include those known only by tasks or uploads", () => {
  const uploading = { type: "progress", videoId: "v7", data: { percent: 3 } };
  assert.deepEqual([...videoIds(after(progressEvent(1, 1), uploading))].sort(), ["v1", "v7"]);
});

test("outputs are new when a task ends or an ended one has others", () => {
  const done = after(taskEvent({ status: "complete", outputs: [{ id: "o1" }, { id: "o2" }] }));
  assert.deepEqual(ids(tasksWithNewOutputs(EMPTY_STATE, done, "*")), ["t1"]);
  assert.deepEqual(ids(tasksWithNewOutputs(done, reduce(done, taskEvent({ seq: 2, status: "complete", outputs: [{ id: "o2" }] })), "v1")), ["t1"]);
  assert.deepEqual(ids(tasksWithNewOutputs(done, done, "*")), []);
});

test("videos are deleted, restored and processed", () => {
  const arriving = after(videoEvent(1, { state: "arriving" }));
  const ready = reduce(arriving, videoEvent(2));
  const away = reduce(ready, videoEvent(3, { state: "deleted", deleted: true }));
  assert.deepEqual(processedVideos(EMPTY_STATE, arriving), []);
  assert.deepEqual(processedVideos(arriving, ready), ["v1"]);
  assert.deepEqual(deletedVideos(ready, away), ["v1"]);
  assert.deepEqual(processedVideos(ready, away), []);
  assert.deepEqual(restoredVideos(away, reduce(away, videoEvent(4))), ["v1"]);
});

test("the tasks of a deleted video do not count as removed", () => {
  const known = after(subscribed([taskState()]));
  assert.deepEqual(removedTasks(known, reduce(known, videoEvent(1, { deleted: true })), "*"), []);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { activeTask, isLoaded, tasksOf, uploadOf } from "../../../static/js/state/selectors.js";
import { reduce } from "../../../static/js/state/reducer.js";
import { EMPTY_STATE, isTerminal } from "../../../static/js/state/state.js";
import {
  completeEvent, errorEvent, OUTPUT, progressEvent, subscribed, subscribedToAll, taskEvent, taskState,
} from "../support/tasks.js";

const after = (...events) => events.reduce(reduce, EMPTY_STATE);
const only = (state) => state.tasks.t1;

describe("queue", () => {
  const place = { queuePosition: 2, startsInSeconds: 30, endsInSeconds: 40 };
  const queue = (id) => ({ type: "queue", videoId: "v1", data: { places: { [id]: place } } });

  test("updates a pending task without changing its seq", () => {
    const task = only(after(taskEvent({ seq: 7 }), queue("t1")));
    assert.deepEqual({ ...task, ...place }, task);
    assert.equal(task.seq, 7);
  });

  test("ignores tasks that are unknown or not pending", () => {
    const running = after(taskEvent({ seq: 1 }), progressEvent(2, 10));
    assert.equal(reduce(running, queue("t1")), running);
    assert.equal(reduce(running, queue("t9")), running);
  });
});

describe("snapshot", () => {
  test("contains the tasks of a video", () => {
    const state = after(subscribed([taskState(), taskState({ id: "t2" })]));
    assert.deepEqual(Object.keys(state.tasks), ["t1", "t2"]);
  });

  test("replaces what was known, even with a lower seq", () => {
    const state = after(progressEvent(9, 80), subscribed([taskState({ seq: 2, progress: 5 })]));
    assert.equal(only(state).seq, 2);
    assert.equal(only(state).progress, 5);
  });

  test("removes what it does not contain, of its own video only", () => {
    const other = taskEvent({ id: "t9", videoId: "v2" });
    const state = after(other, progressEvent(1, 5), subscribed([]));
    assert.deepEqual(Object.keys(state.tasks), ["t9"]);
  });

  test("of everything replaces everything", () => {
    const state = after(
      taskEvent({ id: "t9", videoId: "v9" }),
      subscribedToAll({ v1: [taskState()], v2: [taskState({ id: "t2", videoId: "v2" })] }),
    );
    assert.deepEqual(Object.keys(state.tasks), ["t1", "t2"]);
    assert.equal(state.tasks.t2.videoId, "v2");
  });

  test("sets the video of tasks that do not name theirs", () => {
    const state = after(subscribed([taskState({ videoId: undefined })]));
    assert.equal(only(state).videoId, "v1");
  });

  test("is recorded as loaded", () => {
    assert.equal(isLoaded(EMPTY_STATE, "v1"), false);
    assert.equal(isLoaded(after(subscribed([])), "v1"), true);
    assert.equal(isLoaded(after(subscribed([])), "v2"), false);
    assert.equal(isLoaded(after(subscribedToAll({})), "v2"), true);
  });
});

describe("progress", () => {
  test("updates a task", () => {
    const task = only(after(subscribed([taskState()]), progressEvent(2, 41.9)));
    assert.equal(task.status, "processing");
    assert.equal(task.progress, 41.9);
    assert.equal(task.message, "Trimming video...");
    assert.equal(task.name, "Trim 00:10-00:30");
  });

  test("of an unknown task adds it", () => {
    assert.equal(only(after(progressEvent(3, 10))).operation, "trim");
  });

  test("that is not newer changes nothing at all", () => {
    const state = after(progressEvent(5, 50));
    assert.equal(reduce(state, progressEvent(5, 60)), state);
    assert.equal(reduce(state, progressEvent(4, 60)), state);
  });

  test("is compared by the seq of its own task only", () => {
    const state = after(progressEvent(100, 50), progressEvent(1, 10, { taskId: "t2" }));
    assert.equal(state.tasks.t2.progress, 10);
  });

  test("without a seq is applied: a minimal server sends none", () => {
    const bare = { type: "progress", videoId: "v1", data: { taskId: "t1", percent: 12, message: "Trimming video..." } };
    assert.equal(only(after(bare)).progress, 12);
  });

  test("after the end does not reopen a task", () => {
    assert.equal(only(after(completeEvent(9), progressEvent(8, 99))).status, "complete");
    assert.equal(only(after(errorEvent(9), progressEvent(8, 99))).status, "error");
  });
});

describe("the end of a task", () => {
  test("complete sets its outputs and 100 percent", () => {
    const task = only(after(progressEvent(1, 30), completeEvent(2)));
    assert.equal(task.status, "complete");
    assert.equal(task.progress, 100);
    assert.deepEqual(task.outputs, [OUTPUT]);
  });

  test("complete with a bare outputUrl is enough for a download", () => {
    const state = after(completeEvent(2, { outputs: undefined }));
    assert.equal(only(state).outputs[0].url, OUTPUT.url);
  });

  test("error keeps code and remedy", () => {
    const { status, error } = only(after(progressEvent(1, 30), errorEvent(2)));
    assert.equal(status, "error");
    assert.deepEqual(error, { error: "The disk is full.", code: "disk_full", remedy: "Make room.", args: {} });
  });

  test("a retry starts over", () => {
    const task = only(after(errorEvent(2), taskEvent({ seq: 3, status: "pending" })));
    assert.equal(task.status, "pending");
    assert.equal(task.error, null);
  });

  test("a cancelled task is terminal, a pending one is not", () => {
    assert.equal(isTerminal(taskState({ status: "cancelled" })), true);
    assert.equal(isTerminal(taskState({ status: "pending" })), false);
  });
});

describe("uploads", () => {
  const uploading = (seq, percent) => ({ type: "progress", videoId: "v1", data: { percent, message: "Uploading", seq } });

  test("progress without a task is the upload's", () => {
    const state = after(uploading(1, 10), uploading(3, 30), uploading(2, 20));
    assert.equal(state.uploads.v1.percent, 30);
    assert.deepEqual(state.tasks, {});
  });

  test("end with complete or error", () => {
    const over = { type: "complete", videoId: "v1", data: {} };
    const failed = { type: "error", videoId: "v1", data: { error: "gone" } };
    assert.equal(uploadOf(after(uploading(1, 10), over), "v1"), null);
    assert.equal(uploadOf(after(uploading(1, 10), failed), "v1"), null);
  });

  test("a snapshot replaces them", () => {
    assert.equal(after(subscribed([], { upload: { percent: 7 } })).uploads.v1.percent, 7);
    assert.deepEqual(after(uploading(1, 10), subscribed([])).uploads, {});
  });
});

describe("invalid events", () => {
  for (const event of [
    { type: "error", videoId: null, data: { error: "This message cannot be understood." } },
    { type: "error", videoId: "v1", data: { error: "There is nothing here." } },
    { type: "weather", videoId: "v1", data: {} },
    { type: "task", videoId: "v1", data: {} },
  ]) {
    test(`${event.type} ${JSON.stringify(event.data)} changes nothing`, () => {
      assert.equal(reduce(EMPTY_STATE, event), EMPTY_STATE);
    });
  }
});

describe("reading", () => {
  const state = after(
    subscribedToAll({
      v1: [
        taskState({ id: "old", status: "pending", createdAt: "2024-01-01T00:00:00Z" }),
        taskState({ id: "new", status: "processing", createdAt: "2024-01-03T00:00:00Z" }),
        taskState({ id: "done", status: "complete", createdAt: "2024-01-04T00:00:00Z" }),
      ],
      v2: [taskState({ id: "else", videoId: "v2", createdAt: "2024-01-02T00:00:00Z" })],
    }),
  );

  test("tasks are sorted newest first, of one video or of all", () => {
    assert.deepEqual(tasksOf(state, "v1").map((task) => task.id), ["done", "new", "old"]);
    assert.deepEqual(tasksOf(state, "*").map((task) => task.id), ["done", "new", "else", "old"]);
  });

  test("the active task is the running one, else the oldest pending one", () => {
    assert.equal(activeTask(state, "v1").id, "new");
    assert.equal(activeTask(state, "v2").id, "else");
    assert.equal(activeTask(state, "v3"), null);
  });
});

test("repeated events in any order end in the state of the highest seq", () => {
  const events = [taskEvent({ seq: 1 }), progressEvent(2, 10), progressEvent(3, 60), progressEvent(4, 100), completeEvent(5)];
  const expected = only(after(...events));
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 300; round += 1) {
    const shuffled = [...events, ...events].sort(() => random() - 0.5);
    const { status, progress, outputs, seq } = only(after(...shuffled));
    assert.deepEqual({ status, progress, outputs, seq }, {
      status: expected.status, progress: expected.progress, outputs: expected.outputs, seq: expected.seq,
    });
  }
});

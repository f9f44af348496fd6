import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import { taskAnnouncement } from "../../../static/js/ui/shared/announcements.js";
import { setPageData } from "../../../static/js/page-data.js";
import { taskView } from "../../../static/js/state/task-view.js";
import { KOREAN, taskState } from "../support/tasks.js";

const processing = (changes) => taskState({ status: "processing", step: "encoding", message: "Trimming video...", ...changes });
const view = (changes) => taskView(processing(changes));

afterEach(() => setPageData());

describe("an active task", () => {
  test("shows its message, percentage and a bar", () => {
    const { message, percent, bar, status } = view({ progress: 42.9 });
    assert.deepEqual({ message, percent, bar, status }, {
      message: "Trimming video...", percent: 42, bar: true, status: "PROCESSING",
    });
  });

  test("shows Processing... where there is no message", () => {
    assert.equal(view({ message: "" }).message, "Processing...");
  });

  test("shows no percentage where none is known", () => {
    assert.equal(view({ indeterminate: true, progress: 30 }).percent, null);
  });

  test("names a step only where it adds to the message", () => {
    assert.equal(view({ step: "verifying" }).step, "verifying");
    assert.equal(view({ step: "encoding" }).step, "");
    assert.equal(view({ step: null }).step, "");
  });

  test("shows the time left once it is known", () => {
    assert.equal(view({ etaSeconds: null }).wait, "");
    assert.equal(view({ etaSeconds: 12.4 }).wait, "about 10 s left");
  });

  test("can be cancelled, not retried", () => {
    const { canCancel, canRetry } = view();
    assert.deepEqual([canCancel, canRetry], [true, false]);
  });
});

describe("a task of unknown duration", () => {
  const wait = (change) => taskView(taskState({ status: "processing", ...change })).wait;

  test("shows what it has done", () => {
    assert.equal(wait({ indeterminate: true, doneSeconds: 83.4 }), "01:23 done");
    assert.equal(wait({ indeterminate: true, doneBytes: 3 * 1024 ** 2 }), "3.0 MB done");
    assert.equal(wait({ indeterminate: true }), "");
  });

  test("shows that it makes no progress", () => {
    assert.match(wait({ stalled: true, etaSeconds: 9 }), /^No progress\./);
  });
});

describe("a task in another state", () => {
  test("that is pending shows its queue position and start", () => {
    const { wait, bar, percent, canCancel } = taskView(taskState({ queuePosition: 2, startsInSeconds: 90 }));
    assert.equal(wait, "Position 2 in the queue · starts in about 2 min");
    assert.deepEqual([bar, percent, canCancel], [false, null, true]);
  });

  test("that is complete shows it without a bar", () => {
    const { message, percent, bar, canCancel, canRetry } = taskView(taskState({ status: "complete" }));
    assert.deepEqual([message, percent, bar, canCancel, canRetry], ["Complete!", 100, false, false, false]);
  });

  test("that failed shows why, and can be retried", () => {
    const error = { error: "The disk is full.", code: "disk_full", remedy: "Make room." };
    const { failure, message, canRetry } = taskView(taskState({ status: "error", error }));
    assert.deepEqual(failure, { message: "The disk is full.", remedy: "Make room." });
    assert.deepEqual([message, canRetry], ["", true]);
  });

  test("that is processing again hides its earlier failure", () => {
    assert.equal(view({ error: { error: "The disk is full." } }).failure, null);
  });

  test("that was cancelled can be retried", () => {
    assert.equal(taskView(taskState({ status: "cancelled" })).canRetry, true);
  });
});

describe("on a Korean page", () => {
  test("texts are translated by codes, never taken from the English wire", () => {
    setPageData(KOREAN);
    const { name, status, message, step, wait } = view({ step: "verifying", progress: 97, etaSeconds: 3 });
    assert.equal(name, "자르기 00:10-00:30");
    assert.equal(status, "처리 중");
    assert.equal(message, "영상을 자르는 중...");
    assert.equal(step, "확인 중");
    assert.equal(wait, "약 5초 남음");
  });

  test("starting, working and complete have their own texts", () => {
    setPageData(KOREAN);
    assert.equal(view({ step: "starting" }).message, "자르기 시작...");
    assert.equal(view({ step: "", progress: 0 }).message, "자르기 시작...");
    assert.equal(view({ step: "", progress: 1 }).message, "영상을 자르는 중...");
    assert.equal(view({ progress: 100 }).message, "자르기 완료");
  });

  test("an unknown operation keeps the server's text", () => {
    setPageData(KOREAN);
    const { name, message } = view({ operation: "fold", name: "Fold it", message: "Folding..." });
    assert.deepEqual([name, message], ["Fold it", "Folding..."]);
  });
});

describe("announcements", () => {
  const said = (before, after) => taskAnnouncement(before && processing(before), processing(after));

  test("are empty for a task that was just loaded", () => {
    assert.equal(said(undefined, { progress: 60 }), "");
  });

  test("are the start, each quarter once, and the end", () => {
    const steps = [
      { status: "pending" }, { progress: 0 }, { progress: 10 }, { progress: 25.2 }, { progress: 40 },
      { progress: 80 }, { progress: 99 }, { progress: 100 }, { progress: 100, status: "complete" },
    ];
    const words = steps.slice(1).map((step, index) => said(steps[index], step)).filter(Boolean);
    assert.deepEqual(words, [
      "Trim 00:10-00:30: started",
      "Trim 00:10-00:30: 25 percent",
      "Trim 00:10-00:30: 75 percent",
      "Trim 00:10-00:30: complete",
    ]);
  });

  test("an error is announced with its message", () => {
    const error = { error: "The disk is full." };
    assert.equal(said({}, { status: "error", error }), "Trim 00:10-00:30: error. The disk is full.");
  });

  test("cancelling is announced, requeueing is not", () => {
    assert.equal(said({}, { status: "cancelled" }), "Trim 00:10-00:30: cancelled");
    assert.equal(said({}, { status: "pending" }), "");
  });

  test("no quarter is announced for an indeterminate task", () => {
    assert.equal(said({ progress: 0 }, { progress: 50, indeterminate: true }), "");
  });
});

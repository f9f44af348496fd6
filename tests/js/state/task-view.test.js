import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";

import { taskAnnouncement } from "../../../static/js/ui/shared/announcements.js";
import { setPageData } from "../../../static/js/page-data.js";
import { taskView } from "../../../static/js/state/task-view.js";
import { KOREAN, taskState } from "../support/tasks.js";

const processing = (changes) => taskState({ status: "processing", step: "encoding", message: "Trimming video...", ...changes });
const view = (changes) => taskView(processing(changes));

afterEach(() => setPageData());

describe("a task under way", () => {
  test("shows its message, whole percent and a bar", () => {
    const { message, percent, bar, status } = view({ progress: 42.9 });
    assert.deepEqual({ message, percent, bar, status }, {
      message: "Trimming video...", percent: 42, bar: true, status: "PROCESSING",
    });
  });

  test("says Processing... where there is no message", () => {
    assert.equal(view({ message: "" }).message, "Processing...");
  });

  test("shows no number where none is known", () => {
    assert.equal(view({ indeterminate: true, progress: 30 }).percent, null);
  });

  test("names a step only where it says more than the message", () => {
    assert.equal(view({ step: "verifying" }).step, "verifying");
    assert.equal(view({ step: "encoding" }).step, "");
    assert.equal(view({ step: null }).step, "");
  });

  test("tells the time left once it is known", () => {
    assert.equal(view({ etaSeconds: null }).wait, "");
    assert.equal(view({ etaSeconds: 12.4 }).wait, "about 10 s left");
  });

  test("can be cancelled, not retried", () => {
    const { canCancel, canRetry } = view();
    assert.deepEqual([canCancel, canRetry], [true, false]);
  });
});

describe("a task whose end is not known", () => {
  const wait = (change) => taskView(taskState({ status: "processing", ...change })).wait;

  test("tells what it has done", () => {
    assert.equal(wait({ indeterminate: true, doneSeconds: 83.4 }), "01:23 done");
    assert.equal(wait({ indeterminate: true, doneBytes: 3 * 1024 ** 2 }), "3.0 MB done");
    assert.equal(wait({ indeterminate: true }), "");
  });

  test("says that it stands still, whatever it said before", () => {
    assert.match(wait({ stalled: true, etaSeconds: 9 }), /^It stands still/);
  });
});

describe("a task in another state", () => {
  test("that waits tells its place and when it starts", () => {
    const { wait, bar, percent, canCancel } = taskView(taskState({ queuePosition: 2, startsInSeconds: 90 }));
    assert.equal(wait, "number 2 in the queue · starts in about 2 min");
    assert.deepEqual([bar, percent, canCancel], [false, null, true]);
  });

  test("that is complete says so, without a bar", () => {
    const { message, percent, bar, canCancel, canRetry } = taskView(taskState({ status: "complete" }));
    assert.deepEqual([message, percent, bar, canCancel, canRetry], ["Complete!", 100, false, false, false]);
  });

  test("that failed says why, and can be retried", () => {
    const error = { error: "The disk is full.", code: "disk_full", remedy: "Make room." };
    const { failure, message, canRetry } = taskView(taskState({ status: "error", error }));
    assert.deepEqual(failure, { message: "The disk is full.", remedy: "Make room." });
    assert.deepEqual([message, canRetry], ["", true]);
  });

  test("that is at work again hides its former failure", () => {
    assert.equal(view({ error: { error: "The disk is full." } }).failure, null);
  });

  test("that was cancelled can be retried", () => {
    assert.equal(taskView(taskState({ status: "cancelled" })).canRetry, true);
  });
});

describe("on a Korean page", () => {
  test("the words come from codes, never from the English wire", () => {
    setPageData(KOREAN);
    const { name, status, message, step, wait } = view({ step: "verifying", progress: 97, etaSeconds: 3 });
    assert.equal(name, "자르기 00:10-00:30");
    assert.equal(status, "처리 중");
    assert.equal(message, "영상을 자르는 중...");
    assert.equal(step, "확인 중");
    assert.equal(wait, "약 5초 남음");
  });

  test("starting, working and done have their own words", () => {
    setPageData(KOREAN);
    assert.equal(view({ step: "starting" }).message, "자르기 시작...");
    assert.equal(view({ step: "", progress: 0 }).message, "자르기 시작...");
    assert.equal(view({ step: "", progress: 1 }).message, "영상을 자르는 중...");
    assert.equal(view({ progress: 100 }).message, "자르기 완료");
  });

  test("an operation the page does not know keeps the server's words", () => {
    setPageData(KOREAN);
    const { name, message } = view({ operation: "fold", name: "Fold it", message: "Folding..." });
    assert.deepEqual([name, message], ["Fold it", "Folding..."]);
  });
});

describe("what is said aloud", () => {
  const said = (before, after) => taskAnnouncement(before && processing(before), processing(after));

  test("is nothing for what the page just learned", () => {
    assert.equal(said(undefined, { progress: 60 }), "");
  });

  test("is the start, each quarter once, and the end", () => {
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

  test("an error is said with its sentence", () => {
    const error = { error: "The disk is full." };
    assert.equal(said({}, { status: "error", error }), "Trim 00:10-00:30: error. The disk is full.");
  });

  test("cancelling is said, going back to the queue is not", () => {
    assert.equal(said({}, { status: "cancelled" }), "Trim 00:10-00:30: cancelled");
    assert.equal(said({}, { status: "pending" }), "");
  });

  test("no quarter is made up where no number is known", () => {
    assert.equal(said({ progress: 0 }, { progress: 50, indeterminate: true }), "");
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { put, say } from "../../support/elements.js";
import { completeEvent, subscribed, taskEvent, taskState } from "../../support/tasks.js";

describe("<overall-progress>", () => {
  test("shows the overall progress of a video's jobs where there are several", () => {
    put('<overall-progress data-video-id="v1"></overall-progress>');
    const line = document.querySelector("overall-progress");
    say(subscribed([taskState({ status: "processing", attempt: 1, progress: 30 })]));
    assert.equal(line.textContent, "");
    say(taskEvent({ id: "t2" }), taskEvent({ id: "t3", videoId: "v2" }));
    assert.equal(line.textContent, "0 of 2 done · 15%");
    say(completeEvent(9, { finishedAt: "2024-11-02T10:05:00+00:00" }));
    assert.equal(line.textContent, "1 of 2 done · 50%");
    say(taskEvent({ id: "t2", seq: 2, status: "cancelled" }));
    assert.equal(line.textContent, "");
  });
});

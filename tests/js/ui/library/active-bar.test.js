import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { markup } from "../../support/dom.js";
import { put, say, text } from "../../support/elements.js";
import { subscribed, taskEvent, taskState } from "../../support/tasks.js";

describe("<active-bar>", () => {
  const bar = () => `<active-bar data-video-id="v1">${markup("_progress_bar.html")}</active-bar>`;

  test("shows the active task of a video, and nothing once it has ended", () => {
    put(bar());
    say(subscribed([taskState({ housekeeping: true, status: "processing", progress: 30, message: "Reading the file..." })]));
    assert.equal(text("bar-message"), "Reading the file...");
    assert.equal(text("bar-percent"), "30%");
    say(taskEvent({ housekeeping: true, status: "complete", seq: 2 }));
    assert.equal(document.querySelector("progress-bar").hidden, true);
  });

  test("shows an upload", () => {
    put(bar());
    say(subscribed([], { upload: { percent: 12.7, message: "Uploading", seq: 1 } }));
    assert.equal(text("bar-message"), "Uploading");
    assert.equal(text("bar-percent"), "12%");
  });

  test("shows the time left of an upload in another window", () => {
    put(bar());
    say(subscribed([], { upload: { percent: 12.7, etaSeconds: 62, seq: 1 } }));
    assert.equal(text("bar-message"), "Uploading · about 1 min left");
  });
});

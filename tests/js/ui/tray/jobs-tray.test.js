import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { fillBody, markup, openWindow } from "../../support/dom.js";
import { openPage } from "../../support/page.js";
import { FakeSocket } from "../../support/socket.js";
import {
  completeEvent, errorEvent, progressEvent, subscribedToAll, taskEvent, taskState, uploadEvent, videoEvent,
} from "../../support/tasks.js";

const { KeyboardEvent } = openWindow();
globalThis.sessionStorage = window.sessionStorage;
await import("../../../../static/js/main.js");

beforeEach(() => {
  openPage();
  sessionStorage.clear();
  put();
});

afterEach(() => fillBody(""));

function put(except = "") {
  fillBody(`<main id="main" tabindex="-1"></main>${markup("_jobs_tray.html", { "video.id": except })}<p id="announcer"></p>`);
  FakeSocket.last.open();
}

const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
const tray = () => document.querySelector("jobs-tray");
const part = (name) => tray().querySelector(`[data-part="${name}"]`);
const summary = () => part("tray-summary").textContent;
const rows = () => [...tray().querySelectorAll("tray-row")];

describe("<jobs-tray>", () => {
  test("is hidden without jobs", () => {
    say(subscribedToAll({ v1: [taskState({ status: "complete" })] }));
    assert.equal(tray().hidden, true);
  });

  test("shows the number and progress of jobs, without housekeeping", () => {
    say(subscribedToAll({ v1: [taskState({ status: "processing", progress: 50 }), taskState({ id: "p", housekeeping: true })] }));
    assert.equal(summary(), "1 job · 50%");
    say(uploadEvent(1, 36.5, {}), videoEvent(1, { state: "arriving" }));
    assert.equal(summary(), "1 upload, 1 job · 43%");
    assert.equal(part("tray-fill").getAttribute("width"), "43%");
    assert.equal(tray().hidden, false);
    say(uploadEvent(2, 100));
    assert.equal(summary(), "1 job · 50%");
  });

  test("counts the ended jobs of the current batch", () => {
    const running = { status: "processing", attempt: 1, etaSeconds: 130, progress: 20 };
    say(subscribedToAll({ v1: [taskState(running), taskState({ ...running, id: "t2" })] }));
    assert.equal(summary(), "0 of 2 done · 20% · about 2 min left");
    say(completeEvent(3, { taskId: "t2", finishedAt: "2024-11-02T10:05:00+00:00" }));
    assert.equal(summary(), "1 of 2 done · 60% · about 2 min left");
  });

  test("shows no percentage where none is known", () => {
    say(subscribedToAll({ v1: [taskState({ status: "processing", indeterminate: true })] }));
    assert.equal(summary(), "1 job");
    assert.equal(part("tray-bar").hasAttribute("hidden"), true);
  });

  test("opens, closes with Escape, and returns the focus", () => {
    say(subscribedToAll({ v1: [taskState()] }));
    part("tray-toggle").click();
    assert.equal(part("tray-panel").hidden, false);
    assert.equal(part("tray-toggle").getAttribute("aria-expanded"), "true");
    part("row-cancel").focus();
    part("row-cancel").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    assert.equal(part("tray-panel").hidden, true);
    assert.equal(document.activeElement, part("tray-toggle"));
  });

  test("keeps the jobs that ended during this session, across pages, until they are cleared", () => {
    const open = taskState({ videoName: "talk.mp4" });
    say(subscribedToAll({ v1: [open, taskState({ id: "t2" })] }), progressEvent(2, 10), completeEvent(3));
    assert.equal(document.getElementById("announcer").textContent, "Trim 00:10-00:30: complete");
    say(errorEvent(2, { taskId: "t2" }));
    assert.equal(summary(), "A job failed");
    const [failed, done] = rows();
    assert.match(failed.textContent, /The disk is full\./);
    assert.match(done.querySelector('[data-part="row-download"]').href, /talk_trimmed\.mp4$/);
    put();
    say(subscribedToAll({ v1: [taskState({ status: "complete" }), taskState({ id: "old", status: "complete" })] }));
    assert.equal(rows().length, 1);
    part("tray-clear").click();
    assert.equal(tray().hidden, true);
    assert.equal(document.activeElement.id, "main");
  });

  test("removes cancelled jobs and those of deleted videos", () => {
    say(subscribedToAll({ v1: [taskState()], v2: [taskState({ id: "t2", videoId: "v2" })] }));
    say(taskEvent({ seq: 2, status: "cancelled" }));
    assert.equal(rows().length, 1);
    say(videoEvent(1, { id: "v2", state: "deleted", deleted: true }));
    assert.equal(tray().hidden, true);
  });

  test("leaves out jobs that the page itself shows", () => {
    put("v1");
    say(subscribedToAll({ v1: [taskState()] }));
    assert.equal(tray().hidden, true);
  });

  test("keeps the focus in the row while the jobs change their order", () => {
    say(subscribedToAll({ v1: [taskState({ createdAt: "2024-01-02" }), taskState({ id: "t2", createdAt: "2024-01-01" })] }));
    part("tray-toggle").click();
    const button = rows()[1].querySelector('[data-part="row-cancel"]');
    button.focus();
    say(completeEvent(5));
    assert.equal(rows()[0].contains(button), true);
    assert.equal(document.activeElement, button);
  });
});

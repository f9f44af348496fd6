import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { fillBody, markup, openWindow } from "../../support/dom.js";
import { openPage } from "../../support/page.js";
import { FakeSocket } from "../../support/socket.js";
import { subscribedToAll, uploadEvent, videoEvent } from "../../support/tasks.js";

openWindow();
const { UploadRow } = await import("../../../../static/js/ui/upload/upload-row.js");
await import("../../../../static/js/ui/shared/progress-bar.js");

/** A file whose bytes have all been sent. */
class Sent extends EventTarget {
  stage = "complete";
  name = "lecture.mp4";
  key = "lecture";
  videoId = "v1";
  file = { size: 1000 };
}

beforeEach(() => {
  openPage();
  fillBody(`${markup("_upload_row.html")}<p id="announcer"></p>`);
  FakeSocket.last.open();
  say(subscribedToAll({}), videoEvent(1, { state: "arriving" }));
});

afterEach(() => fillBody(""));

const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
const row = () => document.querySelector("upload-row");
const part = (name) => row().querySelector(`[data-part="${name}"]`);

describe("<upload-row> once all bytes are sent", () => {
  test("is complete where files are stored in a folder", () => {
    say(uploadEvent(1, 100));
    row().showUpload(new Sent());
    assert.ok(row() instanceof UploadRow);
    assert.equal(part("bar-message").textContent, "Complete!");
    assert.equal(part("open").hidden, false);
  });

  test("is being saved, without a percentage, until it is in object storage", () => {
    say(uploadEvent(1, 92, { step: "storing" }));
    row().showUpload(new Sent());
    assert.equal(part("bar-message").textContent, "Saving...");
    assert.equal(part("bar-percent").hidden, true);
    assert.equal(part("open").hidden, false);
    say(uploadEvent(2, 97, { step: "storing" }));
    assert.equal(part("bar-message").textContent, "Saving...");
    say(uploadEvent(3, 100, { step: "uploading" }));
    assert.equal(part("bar-message").textContent, "Complete!");
  });

  test("is announced once", () => {
    row().showUpload(new Sent());
    document.querySelector("#announcer").textContent = "";
    say(videoEvent(2, { state: "ready" }));
    assert.equal(document.querySelector("#announcer").textContent, "");
  });
});

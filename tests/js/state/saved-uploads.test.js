import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";

import { openWindow } from "../support/dom.js";

openWindow();
const { fileKey, findSavedUpload, interruptedUploads, removeSavedUpload, saveWhileSending } = await import(
  "../../../static/js/state/saved-uploads.js"
);

describe("uploads saved in the browser", () => {
  const file = { name: "talk.mp4", size: 10, lastModified: 5 };
  const upload = { key: fileKey(file), url: "/api/uploads/1", name: "talk.mp4", size: 10 };

  beforeEach(() => {
    window.localStorage.clear();
    mock.timers.enable({ apis: ["setInterval", "Date"], now: 1_000_000 });
  });

  afterEach(() => mock.timers.reset());

  test("are found by the same file in any Unicode normalization of its name", () => {
    saveWhileSending({ ...upload, key: fileKey({ ...file, name: "\u1100\u1161.mp4" }) })();
    assert.equal(findSavedUpload(fileKey({ ...file, name: "\uac00.mp4" })).url, "/api/uploads/1");
    assert.equal(findSavedUpload(fileKey({ ...file, size: 11 })), null);
  });

  test("are interrupted once their window is closed", () => {
    const release = saveWhileSending(upload);
    assert.deepEqual(interruptedUploads(), []);
    release();
    assert.deepEqual(interruptedUploads().map(({ url }) => url), ["/api/uploads/1"]);
  });

  test("are interrupted a while after their window crashed", () => {
    saveWhileSending(upload);
    mock.timers.tick(60_000);
    assert.deepEqual(interruptedUploads(), []);
    assert.equal(interruptedUploads(Date.now() + 10_000).length, 1);
  });

  test("are not written again after they were removed", () => {
    const release = saveWhileSending(upload);
    removeSavedUpload(upload.key);
    release();
    assert.equal(findSavedUpload(upload.key), null);
  });

  test("are skipped where an entry cannot be parsed", () => {
    window.localStorage.setItem("vrewcraft.upload:x", "{");
    assert.deepEqual(interruptedUploads(), []);
  });
});

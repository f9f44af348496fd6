import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadMessage } from "../../../static/js/state/upload-view.js";

test("bytes that still come are an upload, those that go on into a bucket are being saved", () => {
  assert.equal(uploadMessage({ percent: 20, step: "uploading" }), "Uploading");
  assert.equal(uploadMessage({ percent: 95, step: "storing" }), "Saving...");
});

test("a server that does not say the step is uploading", () => {
  assert.equal(uploadMessage({ percent: 20 }), "Uploading");
});

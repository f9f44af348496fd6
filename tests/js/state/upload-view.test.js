import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadMessage } from "../../../static/js/state/upload-view.js";

test("an upload is uploading, or being saved once it is copied to object storage", () => {
  assert.equal(uploadMessage({ percent: 20, step: "uploading" }), "Uploading");
  assert.equal(uploadMessage({ percent: 95, step: "storing" }), "Saving...");
});

test("an upload without a step is uploading", () => {
  assert.equal(uploadMessage({ percent: 20 }), "Uploading");
});

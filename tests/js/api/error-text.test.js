import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { errorText, fieldErrors } from "../../../static/js/api/error-text.js";
import { setPageData } from "../../../static/js/page-data.js";
import { KOREAN } from "../support/tasks.js";

afterEach(() => setPageData());

test("a failure is translated by its code", () => {
  setPageData(KOREAN);
  assert.deepEqual(errorText({ error: "The disk is full.", code: "disk_full", remedy: "Make room." }), {
    message: "디스크가 가득 찼습니다.",
    remedy: "필요 없는 것을 지워 주세요.",
  });
});

test("a failure with an unknown code keeps the server's text", () => {
  setPageData(KOREAN);
  const failure = { error: "The moon is down.", code: "moon", remedy: "Wait." };
  assert.deepEqual(errorText(failure), { message: "The moon is down.", remedy: "Wait." });
  assert.deepEqual(errorText({ error: "Odd." }), { message: "Odd.", remedy: "" });
});

test("a translation with a missing value is not shown", () => {
  setPageData(KOREAN);
  const failure = { error: "The worker stopped 3 times.", code: "lost" };
  assert.equal(errorText({ ...failure, args: { count: 3 } }).message, "작업이 3번 멈췄습니다.");
  assert.equal(errorText(failure).message, "The worker stopped 3 times.");
});

test("each field of a refusal has its own message", () => {
  setPageData(KOREAN);
  const refusal = {
    error: "Some values cannot be used.",
    fields: { startTime: "The disk is full.", endTime: "Too late." },
    fieldCodes: { startTime: "disk_full", endTime: "late" },
  };
  assert.deepEqual(fieldErrors(refusal), { startTime: "디스크가 가득 찼습니다.", endTime: "Too late." });
  assert.deepEqual(fieldErrors({ error: "No." }), {});
});

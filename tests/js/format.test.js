import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { failureWords, fieldWords } from "../../static/js/api/error-text.js";
import { fileSize, moment, roughTime, timecode, wholePercent } from "../../static/js/format.js";
import { gettext, interpolate } from "../../static/js/i18n.js";
import { setPageData } from "../../static/js/page-data.js";
import { KOREAN } from "./support/tasks.js";

afterEach(() => setPageData());

test("percent is rounded down and stays within 0 and 100", () => {
  assert.deepEqual([-3, 0, 0.9, 41.99, 99.999, 100, 140].map(wholePercent), [0, 0, 0, 41, 99, 100, 100]);
});

test("timecodes carry milliseconds, and hours where there are any", () => {
  assert.deepEqual([0, 8.3333, 59.9996, 75.5, 3723].map(timecode), [
    "00:00.000", "00:08.333", "01:00.000", "01:15.500", "1:02:03.000",
  ]);
});

test("rough times use the largest fitting unit, never zero", () => {
  assert.deepEqual([0.2, 42.4, 60, 90, 3599, 5400].map(roughTime), ["5 s", "40 s", "1 min", "2 min", "1 h 0 min", "1 h 30 min"]);
});

test("sizes are binary, as the server counts them", () => {
  assert.deepEqual([0, 1023, 1024, 1_536_000, 4 * 1024 ** 3].map(fileSize), ["0 bytes", "1023 bytes", "1.0 KB", "1.5 MB", "4.0 GB"]);
});

test("a moment of today shows its time, an older one its date, junk nothing", () => {
  const now = new Date(2024, 10, 2, 15, 0);
  assert.match(moment(new Date(2024, 10, 2, 9, 5).toISOString(), now), /^9:05.AM$/);
  assert.match(moment(new Date(2024, 9, 1, 9, 5).toISOString(), now), /Oct 1, 2024/);
  assert.equal(moment("yesterday"), "");
});

test("texts without a translation stay English", () => {
  assert.equal(gettext("Complete!"), "Complete!");
  setPageData(KOREAN);
  assert.equal(gettext("Complete!"), "완료!");
  assert.equal(gettext("Something new"), "Something new");
});

test("named places are filled, unknown ones left", () => {
  assert.equal(interpolate("%(a)s of %(b)s, %(c)s", { a: 1, b: "two" }), "1 of two, %(c)s");
});

test("a failure speaks the page's language by its code", () => {
  setPageData(KOREAN);
  assert.deepEqual(failureWords({ error: "The disk is full.", code: "disk_full", remedy: "Make room." }), {
    sentence: "디스크가 가득 찼습니다.",
    remedy: "필요 없는 것을 지워 주세요.",
  });
});

test("a failure of unknown code keeps the server's words", () => {
  setPageData(KOREAN);
  const failure = { error: "The moon is down.", code: "moon", remedy: "Wait." };
  assert.deepEqual(failureWords(failure), { sentence: "The moon is down.", remedy: "Wait." });
  assert.deepEqual(failureWords({ error: "Odd." }), { sentence: "Odd.", remedy: "" });
});

test("a sentence whose places cannot be filled is not shown raw", () => {
  setPageData(KOREAN);
  const failure = { error: "The worker stopped 3 times.", code: "lost" };
  assert.equal(failureWords({ ...failure, args: { count: 3 } }).sentence, "작업이 3번 멈췄습니다.");
  assert.equal(failureWords(failure).sentence, "The worker stopped 3 times.");
});

test("each field of a refusal has its own sentence", () => {
  setPageData(KOREAN);
  const refusal = {
    error: "Some values cannot be used.",
    fields: { startTime: "The disk is full.", endTime: "Too late." },
    fieldCodes: { startTime: "disk_full", endTime: "late" },
  };
  assert.deepEqual(fieldWords(refusal), { startTime: "디스크가 가득 찼습니다.", endTime: "Too late." });
  assert.deepEqual(fieldWords({ error: "No." }), {});
});

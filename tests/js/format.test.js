import assert from "node:assert/strict";
import { test } from "node:test";

import { fileSize, floorPercent, formatDateTime, roughDuration, timecode } from "../../static/js/format.js";

test("percent is rounded down and stays within 0 and 100", () => {
  assert.deepEqual([-3, 0, 0.9, 41.99, 99.999, 100, 140].map(floorPercent), [0, 0, 0, 41, 99, 100, 100]);
});

test("timecodes carry milliseconds, and hours where there are any", () => {
  assert.deepEqual([0, 8.3333, 59.9996, 75.5, 3723].map(timecode), [
    "00:00.000", "00:08.333", "01:00.000", "01:15.500", "1:02:03.000",
  ]);
});

test("rough durations use the largest fitting unit, never zero", () => {
  assert.deepEqual([0.2, 42.4, 60, 90, 3599, 5400].map(roughDuration), ["5 s", "40 s", "1 min", "2 min", "1 h 0 min", "1 h 30 min"]);
});

test("sizes are binary, as the server counts them", () => {
  assert.deepEqual([0, 1023, 1024, 1_536_000, 4 * 1024 ** 3].map(fileSize), ["0 bytes", "1023 bytes", "1.0 KB", "1.5 MB", "4.0 GB"]);
});

test("a date of today shows its time, an older one its date, an invalid one nothing", () => {
  const now = new Date(2024, 10, 2, 15, 0);
  assert.match(formatDateTime(new Date(2024, 10, 2, 9, 5).toISOString(), now), /^9:05.AM$/);
  assert.match(formatDateTime(new Date(2024, 9, 1, 9, 5).toISOString(), now), /Oct 1, 2024/);
  assert.equal(formatDateTime("yesterday"), "");
});

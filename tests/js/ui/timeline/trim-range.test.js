import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { keyframeBefore, lengthText, modeNote, trimProblems } from "../../../../static/js/ui/timeline/trim-range.js";

const KEYFRAMES = [0, 4.1, 8.333333, 12.5];

describe("the keyframe of a fast trim", () => {
  for (const [start, keyframe] of [
    [0, 0], [4.0999, 4.1], [4.09, 0], [8.333, 8.333333], [8.3, 4.1], [12.5, 12.5], [999, 12.5],
  ]) {
    test(`of a start at ${start} s is at ${keyframe} s`, () => {
      assert.equal(keyframeBefore(KEYFRAMES, start), keyframe);
    });
  }

  test("is the first one where none precedes the start", () => {
    assert.equal(keyframeBefore([1.2, 3], 0.5), 1.2);
  });

  test("is null without keyframes", () => {
    assert.equal(keyframeBefore([], 3), null);
  });
});

describe("the note under the modes", () => {
  test("names the keyframe where a fast trim will start, and warns of hidden footage", () => {
    assert.equal(
      modeNote("fast", KEYFRAMES, 10),
      "Fast will start at 00:08.333, the last keyframe before your start time. Footage before the start time may remain hidden in the file; choose Exact to remove it.",
    );
  });

  test("says that the start is a keyframe", () => {
    assert.match(modeNote("fast", KEYFRAMES, 12.5), /at 00:12\.500, exactly at your start/);
  });

  test("says that the video's first keyframe is after the start", () => {
    assert.match(modeNote("fast", [1.2], 0), /at 00:01\.200, the first keyframe of the video/);
  });

  test("is general while keyframes or start are unknown", () => {
    assert.match(modeNote("fast", [], 10), /^Fast starts at the last keyframe before your start time/);
    assert.match(modeNote("fast", KEYFRAMES, NaN), /^Fast starts at the last keyframe before your start time/);
  });

  test("says that exact re-encodes only around the cuts", () => {
    assert.match(modeNote("exact", KEYFRAMES, 10), /Only what lies around the cuts is re-encoded/);
  });
});

describe("a range", () => {
  const problems = (start, end) => trimProblems({ start, end, duration: 33.3667 });

  for (const [start, end] of [[0, 33.367], [10, 30], [33.366, 33.367]]) {
    test(`${start} to ${end} is right`, () => {
      assert.deepEqual(problems(start, end), { startTime: "", endTime: "" });
    });
  }

  for (const [start, end, field, words] of [
    [NaN, 30, "startTime", /Enter the start/],
    [-1, 30, "startTime", /before the beginning/],
    [40, 50, "startTime", /before the end of the video, 00:33\.367/],
    [10, NaN, "endTime", /Enter the end/],
    [10, 10, "endTime", /after the start/],
    [30, 10, "endTime", /after the start/],
    [10, 33.37, "endTime", /past the end of the video, 00:33\.367/],
  ]) {
    test(`${start} to ${end} is wrong in ${field}`, () => {
      assert.match(problems(start, end)[field], words);
    });
  }

  test("has a length where its end is after its start", () => {
    assert.equal(lengthText({ start: 10, end: 30.5 }), "Length 00:20.500");
    assert.equal(lengthText({ start: 30, end: 10 }), "");
    assert.equal(lengthText({ start: NaN, end: 10 }), "");
  });
});

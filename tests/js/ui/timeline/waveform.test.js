import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { parseTiles, tileAt, waveformBars } from "../../../../static/js/ui/timeline/waveform.js";

describe("bars of a waveform", () => {
  const peaks = { length: 4, data: [-10, 10, -20, 20, 0, 0, -5, 5] };

  test("have the maximum of their interval, relative to the loudest bar", () => {
    assert.deepEqual(waveformBars(peaks, 4), [0.5, 1, 0, 0.25]);
    assert.deepEqual(waveformBars(peaks, 2), [1, 0.25]);
  });

  test("can be more than there are peaks", () => {
    assert.equal(waveformBars(peaks, 8).length, 8);
  });

  test("of silence are flat", () => {
    assert.deepEqual(waveformBars({ length: 2, data: [0, 0, 0, 0] }, 2), [0, 0]);
    assert.deepEqual(waveformBars({ length: 0, data: [] }, 2), [0, 0]);
  });
});

describe("tiles of a storyboard", () => {
  const tiles = parseTiles(
    "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nstoryboard.jpg#xywh=0,0,160,90\n\n" +
      "00:00:02.500 --> 01:00:00.000\nstoryboard.jpg#xywh=160,0,160,90\n",
  );

  test("are parsed from the cues", () => {
    assert.deepEqual(tiles[1], { start: 2.5, end: 3600, x: 160, y: 0, width: 160, height: 90 });
  });

  test("are found by time; after the last one's end it is the last one", () => {
    assert.equal(tileAt(tiles, 2.4)?.x, 0);
    assert.equal(tileAt(tiles, 2.5)?.x, 160);
    assert.equal(tileAt(tiles, 9999)?.x, 160);
    assert.equal(tileAt([], 1), null);
  });

  test("are empty for other text", () => {
    assert.deepEqual(parseTiles("<html>"), []);
  });
});

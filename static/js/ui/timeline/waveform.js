// @ts-check

/**
 * Peaks in the audiowaveform JSON format, version 2.
 *
 * @typedef {object} Peaks
 * @property {number} length number of min/max pairs
 * @property {number[]} data minimum and maximum of each interval, -128 to 127
 */

/**
 * The height of each bar of the waveform.
 *
 * @param {Peaks} peaks
 * @param {number} count
 * @returns {number[]} 0 to 1, relative to the loudest bar
 */
export function waveformBars({ length, data }, count) {
  const heights = Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * length) / count));
    let most = 0;
    for (let at = from; at < Math.min(to, length); at += 1) {
      most = Math.max(most, (data[2 * at + 1] ?? 0) - (data[2 * at] ?? 0));
    }
    return most;
  });
  const loudest = Math.max(1, ...heights);
  return heights.map((height) => height / loudest);
}

/**
 * A tile of a storyboard: its time range in seconds, and its place in the sprite image.
 *
 * @typedef {object} Tile
 * @property {number} start
 * @property {number} end
 * @property {number} x pixels
 * @property {number} y pixels
 * @property {number} width pixels
 * @property {number} height pixels
 */

const CUE = /([\d:.]+) --> ([\d:.]+)\s+\S+#xywh=(\d+),(\d+),(\d+),(\d+)/g;

/** @param {string} text "00:01:02.500" */
function seconds(text) {
  return text.split(":").reduce((total, each) => 60 * total + Number(each), 0);
}

/**
 * @param {string} text a storyboard's WebVTT
 * @returns {Tile[]}
 */
export function parseTiles(text) {
  return Array.from(text.matchAll(CUE), ([, start, end, ...place]) => {
    const [x, y, width, height] = place.map(Number);
    return { start: seconds(start ?? ""), end: seconds(end ?? ""), x, y, width, height };
  });
}

/**
 * @param {Tile[]} tiles
 * @param {number} at seconds
 * @returns {Tile|null}
 */
export function tileAt(tiles, at) {
  return tiles.find(({ end }) => at < end) ?? tiles.at(-1) ?? null;
}

// @ts-check
import { timecode } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";

/** Fields have a precision of milliseconds: a keyframe this close is at the same position. Seconds. */
const TOLERANCE = 0.0005;

/**
 * The keyframe at which a stream copy that is requested from `start` actually starts.
 *
 * @param {readonly number[]} keyframes seconds, ascending
 * @param {number} start seconds
 * @returns {number|null} null where no keyframe is known
 */
export function keyframeBefore(keyframes, start) {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyframes[middle] <= start + TOLERANCE) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return keyframes[Math.max(0, low - 1)] ?? null;
}

/**
 * The note below the choice of mode.
 *
 * @param {string} mode "fast" or "exact"
 * @param {readonly number[]} keyframes
 * @param {number} start seconds
 * @returns {string}
 */
export function modeNote(mode, keyframes, start) {
  if (mode === "exact") {
    return gettext("Exact starts and ends on the frames you chose. Only what lies around the cuts is re-encoded, and nothing else stays in the file.");
  }
  const keyframe = Number.isFinite(start) ? keyframeBefore(keyframes, start) : null;
  if (keyframe === null) {
    return gettext("Fast starts at the last keyframe before your start time. Footage before the start time may remain hidden in the file; choose Exact to remove it.");
  }
  if (Math.abs(keyframe - start) <= TOLERANCE) {
    return interpolate(gettext("Fast will start at %(time)s, exactly at your start time: it is a keyframe."), {
      time: timecode(keyframe),
    });
  }
  return interpolate(
    keyframe < start
      ? gettext("Fast will start at %(time)s, the last keyframe before your start time. Footage before the start time may remain hidden in the file; choose Exact to remove it.")
      : gettext("Fast will start at %(time)s, the first keyframe of the video."),
    { time: timecode(keyframe) },
  );
}

/**
 * @param {number} start seconds, NaN where the field is empty
 * @param {number} duration seconds
 * @returns {string}
 */
function startProblem(start, duration) {
  if (!Number.isFinite(start)) {
    return gettext("Enter the start in seconds.");
  }
  if (start < 0) {
    return gettext("The start cannot be before the beginning of the video.");
  }
  if (start >= duration) {
    return interpolate(gettext("The start must come before the end of the video, %(time)s."), {
      time: timecode(duration),
    });
  }
  return "";
}

/**
 * @param {number} start seconds
 * @param {number} end seconds
 * @param {number} duration seconds
 * @returns {string}
 */
function endProblem(start, end, duration) {
  if (!Number.isFinite(end)) {
    return gettext("Enter the end in seconds.");
  }
  if (Number.isFinite(start) && end <= start) {
    return gettext("The end must come after the start.");
  }
  if (end > duration + 2 * TOLERANCE) {
    return interpolate(gettext("The end cannot be past the end of the video, %(time)s."), {
      time: timecode(duration),
    });
  }
  return "";
}

/**
 * The error message of each field; empty where the field is valid.
 *
 * @param {{start: number, end: number, duration: number}} range seconds
 * @returns {{startTime: string, endTime: string}}
 */
export function trimProblems({ start, end, duration }) {
  return { startTime: startProblem(start, duration), endTime: endProblem(start, end, duration) };
}

/**
 * @param {{start: number, end: number}} range seconds
 * @returns {string} empty where the range has no length
 */
export function lengthText({ start, end }) {
  return end > start ? interpolate(gettext("Length %(time)s"), { time: timecode(end - start) }) : "";
}

// @ts-check
import { gettext, interpolate } from "./i18n.js";
import { pageData } from "./page-data.js";

/**
 * OverallProgress percent, rounded down: 99.9 is not yet 100.
 *
 * @param {number} percent
 * @returns {number}
 */
export function floorPercent(percent) {
  return Math.min(100, Math.max(0, Math.floor(percent)));
}

/**
 * A position in a video, for display: "00:08.333", "1:02:03.000".
 *
 * @param {number} seconds
 * @returns {string}
 */
export function timecode(seconds) {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const pad = (/** @type {number} */ value, width = 2) => String(value).padStart(width, "0");
  const hours = Math.floor(ms / 3_600_000);
  const rest = `${pad(Math.floor(ms / 60_000) % 60)}:${pad(Math.floor(ms / 1000) % 60)}.${pad(ms % 1000, 3)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/**
 * A rounded duration: in steps of five seconds, then of minutes.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function roughDuration(seconds) {
  const rounded = Math.max(5, 5 * Math.round(seconds / 5));
  if (rounded < 60) {
    return interpolate(gettext("%(seconds)s s"), { seconds: rounded });
  }
  const minutes = Math.round(rounded / 60);
  if (minutes < 60) {
    return interpolate(gettext("%(minutes)s min"), { minutes });
  }
  return interpolate(gettext("%(hours)s h %(minutes)s min"), {
    hours: Math.floor(minutes / 60),
    minutes: minutes % 60,
  });
}

/**
 * @param {number} seconds
 * @returns {string} "about 5 min left"
 */
export function timeLeft(seconds) {
  return interpolate(gettext("about %(time)s left"), { time: roughDuration(seconds) });
}

/**
 * A file's size with binary units, as Django's `filesizeformat` counts them.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function fileSize(bytes) {
  const units = ["KB", "MB", "GB", "TB"];
  if (bytes < 1024) {
    return interpolate(gettext("%(count)s bytes"), { count: bytes });
  }
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false };
  return `${new Intl.NumberFormat(pageData().language, digits).format(amount)} ${units[power - 1]}`;
}

/**
 * A file name shortened for display: its beginning, and its end with the extension.
 *
 * @param {string} name
 * @param {number} [maxLength] characters
 * @returns {string}
 */
export function shortName(name, maxLength = 40) {
  const letters = Array.from(name);
  const head = Math.ceil(maxLength * 0.6);
  return letters.length > maxLength
    ? `${letters.slice(0, head).join("")}…${letters.slice(head + 1 - maxLength).join("")}`
    : name;
}

/**
 * A date and time for display: only the time where it is today.
 *
 * @param {string} iso
 * @param {Date} [now]
 * @returns {string} empty where `iso` is not a date
 */
export function formatDateTime(iso, now = new Date()) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return "";
  }
  const today = date.toDateString() === now.toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const style = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(pageData().language, style).format(date);
}

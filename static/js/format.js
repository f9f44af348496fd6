// @ts-check
import { gettext, interpolate } from "./i18n.js";
import { pageData } from "./page-data.js";

/**
 * Whole percent, rounded down: 99.9 is not yet 100.
 *
 * @param {number} percent
 * @returns {number}
 */
export function wholePercent(percent) {
  return Math.min(100, Math.max(0, Math.floor(percent)));
}

/**
 * A moment in a video, for reading: "00:08.333", "1:02:03.000".
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
 * A stretch of time, roughly, as people say it: in steps of five seconds, then of minutes.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function roughTime(seconds) {
  const whole = Math.max(5, 5 * Math.round(seconds / 5));
  if (whole < 60) {
    return interpolate(gettext("%(seconds)s s"), { seconds: whole });
  }
  const minutes = Math.round(whole / 60);
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
  return interpolate(gettext("about %(time)s left"), { time: roughTime(seconds) });
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
 * A name that may be long, for a place that is narrow: its beginning, and its end with the extension.
 *
 * @param {string} name
 * @param {number} [most] characters
 * @returns {string}
 */
export function shortName(name, most = 40) {
  const letters = Array.from(name);
  const head = Math.ceil(most * 0.6);
  return letters.length > most
    ? `${letters.slice(0, head).join("")}…${letters.slice(head + 1 - most).join("")}`
    : name;
}

/**
 * When something was asked for: the time alone today, the date too before.
 *
 * @param {string} iso
 * @param {Date} [now]
 * @returns {string} empty where `iso` is no date
 */
export function moment(iso, now = new Date()) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return "";
  }
  const today = date.toDateString() === now.toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const style = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(pageData().language, style).format(date);
}

// @ts-check
import { jobsOf, meanPercent } from "./tray.js";
import { tasksOf, uploadsOf } from "./selectors.js";
import { isTerminal } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { TaskState } from "./types.js" */

const RING = 2 * Math.PI * 13;

/**
 * @param {TaskState} task under way or waiting
 * @returns {number|null} seconds until its end
 */
function left(task) {
  return (task.status === "processing" ? task.etaSeconds : task.endsInSeconds) ?? null;
}

/**
 * @param {State} state
 * @returns {number|null} whole percent of all that is under way together; null where nothing is, or
 *   where nothing tells a number
 */
export function wholePercentOf(state) {
  return meanPercent(jobsOf(state, { visited: [] }));
}

/**
 * @param {State} state
 * @returns {number|null} seconds until the last job ends; null where one does not say
 */
export function secondsLeft(state) {
  const open = tasksOf(state, "*").filter((task) => !isTerminal(task) && !task.housekeeping);
  const times = open.map(left);
  if (!times.length || uploadsOf(state).length || times.includes(null)) {
    return null;
  }
  return Math.max(...times.map((time) => time ?? 0));
}

/**
 * @param {number} percent
 * @returns {string} the address of an icon with a ring that is filled that far
 */
export function ringIcon(percent) {
  const done = (RING * percent) / 100;
  const circle = 'cx="16" cy="16" r="13" fill="none" stroke-width="5"';
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `<circle ${circle} stroke="#b9bdf0"/>` +
    `<circle ${circle} stroke="#3f4fd1" stroke-dasharray="${done.toFixed(1)} ${RING.toFixed(1)}" ` +
    'transform="rotate(-90 16 16)"/></svg>';
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

// @ts-check
import { wholePercent } from "../format.js";
import { tasksOf, uploadsOf } from "./selectors.js";
import { isTerminal } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { TaskState } from "../api/types.js" */

/**
 * Everything that was asked for together, seen as one job.
 *
 * @typedef {object} Whole
 * @property {number} uploads under way
 * @property {number} done of the tasks, however they ended
 * @property {number} failed of these
 * @property {number} total of the tasks: those under way, and those that ended while they were
 * @property {number|null} percent whole; null where nothing tells a number
 * @property {number|null} left seconds until the last one ends; null where one does not say
 */

/**
 * Which tasks to look at: of all videos, of one, or of all but one.
 *
 * @typedef {{videoId?: string, except?: string}} Scope
 */

const RING = 2 * Math.PI * 13;

/**
 * @param {TaskState} task
 * @returns {number} when it was asked for; one that runs anew was asked for nobody knows when
 */
function asked(task) {
  const first = task.status === "processing" ? 1 : 0;
  return isTerminal(task) || (task.attempt ?? 0) <= first ? Date.parse(task.createdAt) : Infinity;
}

/**
 * @param {TaskState} task that has ended
 * @returns {number}
 */
function finished(task) {
  return Date.parse(task.finishedAt ?? "") || 0;
}

/**
 * The tasks under way, and those that ended while others of them were under way already.
 *
 * @param {readonly TaskState[]} tasks
 * @returns {TaskState[]}
 */
function together(tasks) {
  const found = tasks.filter((task) => !isTerminal(task));
  let since = Math.min(...found.map(asked));
  const ended = tasks.filter((task) => task.status === "complete" || task.status === "error");
  for (const task of ended.sort((a, b) => finished(b) - finished(a))) {
    if (finished(task) >= since) {
      found.push(task);
      since = Math.min(since, asked(task));
    }
  }
  return found;
}

/**
 * @param {TaskState} task under way or waiting
 * @returns {number|null} seconds until its end
 */
function secondsOf(task) {
  return (task.status === "processing" ? task.etaSeconds : task.endsInSeconds) ?? null;
}

/**
 * @param {TaskState} task
 * @returns {number|null}
 */
function percentOf(task) {
  if (isTerminal(task)) {
    return 100;
  }
  return task.status === "processing" && task.indeterminate ? null : task.progress;
}

/**
 * The mean of what is known, each task by what it is expected to cost.
 *
 * @param {readonly TaskState[]} tasks
 * @param {readonly number[]} uploads percents
 * @returns {number|null}
 */
function mean(tasks, uploads) {
  const costs = tasks.map(({ expectedSeconds }) => expectedSeconds || 0).filter(Boolean);
  const usual = costs.length ? costs.reduce((sum, each) => sum + each, 0) / costs.length : 1;
  const parts = [
    ...tasks.map((task) => ({ percent: percentOf(task), weight: task.expectedSeconds || usual })),
    ...uploads.map((percent) => ({ percent, weight: usual })),
  ].filter(({ percent }) => percent !== null);
  const all = parts.reduce((sum, { weight }) => sum + weight, 0);
  return all ? wholePercent(parts.reduce((sum, { percent, weight }) => sum + (percent ?? 0) * weight, 0) / all) : null;
}

/**
 * @param {State} state
 * @param {Scope} [scope]
 * @returns {Whole|null} null where nothing is under way
 */
export function wholeOf(state, { videoId = "*", except = "" } = {}) {
  const tasks = together(
    tasksOf(state, videoId).filter((task) => !task.housekeeping && task.videoId !== except),
  );
  const uploads = uploadsOf(state)
    .filter(([id]) => id !== except && (videoId === "*" || id === videoId))
    .map(([, upload]) => (upload.indeterminate ? null : upload.percent));
  if (!tasks.length && !uploads.length) {
    return null;
  }
  const times = tasks.filter((task) => !isTerminal(task)).map(secondsOf);
  return {
    uploads: uploads.length,
    done: tasks.filter(isTerminal).length,
    failed: tasks.filter(({ status }) => status === "error").length,
    total: tasks.length,
    percent: mean(tasks, uploads.filter((percent) => percent !== null)),
    left: uploads.length || times.includes(null) ? null : Math.max(...times.map((time) => time ?? 0)),
  };
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

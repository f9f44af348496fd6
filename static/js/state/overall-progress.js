// @ts-check
import { floorPercent, timeLeft } from "../format.js";
import { gettext, interpolate } from "../i18n.js";
import { tasksOf, uploadsOf } from "./selectors.js";
import { isTerminal } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { TaskState } from "../api/types.js" */

/**
 * The progress of several tasks and uploads as if they were one job.
 *
 * @typedef {object} OverallProgress
 * @property {number} uploads that are active
 * @property {number} done tasks that have ended, with any result
 * @property {number} failed of the ended tasks
 * @property {number} total tasks of the current batch
 * @property {number|null} percent whole number; null where none is known
 * @property {number|null} secondsLeft until the last task ends; null where one has no estimate
 */

/**
 * Which tasks to include: those of all videos, of one, or of all but one.
 *
 * @typedef {{videoId?: string, except?: string}} Scope
 */

/**
 * @param {TaskState} task
 * @returns {number} when it was requested, milliseconds; infinite for a retry, whose request time is not known
 */
function requestedAt(task) {
  const first = task.status === "processing" ? 1 : 0;
  return isTerminal(task) || (task.attempt ?? 0) <= first ? Date.parse(task.createdAt) : Infinity;
}

/**
 * @param {TaskState} task that has ended
 * @returns {number}
 */
function finishedAt(task) {
  return Date.parse(task.finishedAt ?? "") || 0;
}

/**
 * The current batch: the active tasks, and those that ended after one of the batch was requested.
 *
 * @param {readonly TaskState[]} tasks
 * @returns {TaskState[]}
 */
function currentBatch(tasks) {
  const batch = tasks.filter((task) => !isTerminal(task));
  let since = Math.min(...batch.map(requestedAt));
  const ended = tasks.filter((task) => task.status === "complete" || task.status === "error");
  for (const task of ended.sort((a, b) => finishedAt(b) - finishedAt(a))) {
    if (finishedAt(task) >= since) {
      batch.push(task);
      since = Math.min(since, requestedAt(task));
    }
  }
  return batch;
}

/**
 * @param {TaskState} task that is active
 * @returns {number|null}
 */
function taskSecondsLeft(task) {
  return (task.status === "processing" ? task.etaSeconds : task.endsInSeconds) ?? null;
}

/**
 * @param {TaskState} task
 * @returns {number|null}
 */
function taskPercent(task) {
  if (isTerminal(task)) {
    return 100;
  }
  return task.status === "processing" && task.indeterminate ? null : task.progress;
}

/**
 * The mean of the known percentages, weighted by the expected duration.
 *
 * @param {readonly TaskState[]} tasks
 * @param {readonly number[]} uploads percents
 * @returns {number|null}
 */
function weightedPercent(tasks, uploads) {
  const costs = tasks.map(({ expectedSeconds }) => expectedSeconds || 0).filter(Boolean);
  const usual = costs.length ? costs.reduce((sum, each) => sum + each, 0) / costs.length : 1;
  const parts = [
    ...tasks.map((task) => ({ percent: taskPercent(task), weight: task.expectedSeconds || usual })),
    ...uploads.map((percent) => ({ percent, weight: usual })),
  ].filter(({ percent }) => percent !== null);
  const all = parts.reduce((sum, { weight }) => sum + weight, 0);
  return all ? floorPercent(parts.reduce((sum, { percent, weight }) => sum + (percent ?? 0) * weight, 0) / all) : null;
}

/**
 * @param {State} state
 * @param {Scope} [scope]
 * @returns {OverallProgress|null} null where nothing is active
 */
export function overallProgress(state, { videoId = "*", except = "" } = {}) {
  const tasks = currentBatch(
    tasksOf(state, videoId).filter((task) => !task.housekeeping && task.videoId !== except),
  );
  const uploads = uploadsOf(state)
    .filter(([id]) => id !== except && (videoId === "*" || id === videoId))
    .map(([, upload]) => (upload.indeterminate ? null : upload.percent));
  if (!tasks.length && !uploads.length) {
    return null;
  }
  const times = tasks.filter((task) => !isTerminal(task)).map(taskSecondsLeft);
  return {
    uploads: uploads.length,
    done: tasks.filter(isTerminal).length,
    failed: tasks.filter(({ status }) => status === "error").length,
    total: tasks.length,
    percent: weightedPercent(tasks, uploads.filter((percent) => percent !== null)),
    secondsLeft: uploads.length || times.includes(null) ? null : Math.max(...times.map((time) => time ?? 0)),
  };
}

/** @param {number} count */
function uploadCount(count) {
  if (count < 2) {
    return count ? gettext("1 upload") : "";
  }
  return interpolate(gettext("%(count)s uploads"), { count });
}

/** @param {OverallProgress} overall */
function doneCount({ done, total }) {
  if (total < 2) {
    return total ? gettext("1 job") : "";
  }
  return interpolate(gettext("%(done)s of %(total)s done"), { done, total });
}

/**
 * @param {OverallProgress} overall
 * @returns {string} "2 uploads, 3 of 5 done · 43% · about 4 min left"
 */
export function overallText(overall) {
  const { uploads, failed, percent, secondsLeft } = overall;
  const parts = [[uploadCount(uploads), doneCount(overall)].filter(Boolean).join(", ")];
  if (failed) {
    parts.push(interpolate(gettext("%(count)s failed"), { count: failed }));
  }
  if (percent !== null) {
    parts.push(`${percent}%`);
  }
  if (secondsLeft !== null) {
    parts.push(timeLeft(secondsLeft));
  }
  return parts.join(" · ");
}

// @ts-check
import { roughTime, wholePercent } from "./format.js";
import { gettext, interpolate } from "./i18n.js";
import { tasksOf, uploadsOf } from "./selectors.js";
import { isTerminal } from "./state.js";
import { taskView } from "./taskview.js";

/** @import { State } from "./state.js" */
/** @import { Output, TaskState, UploadState } from "./types.js" */

/** How many ended jobs the tray still shows. */
const ENDED = 3;

/** The ends that are news: a cancelled job is what somebody wanted. */
const SHOWN_ENDS = new Set(["complete", "error"]);

/**
 * A job as the tray shows it.
 *
 * @typedef {object} Job
 * @property {string} id of a task, or of the video whose file is on its way
 * @property {"upload"|"task"} kind
 * @property {string} name
 * @property {string} videoId
 * @property {string} videoName
 * @property {boolean} open
 * @property {string} message
 * @property {number|null} percent null where no number is known
 * @property {boolean} bar
 * @property {boolean} canCancel
 * @property {Output|null} output
 * @property {string} problem
 */

/**
 * @param {State} state
 * @param {[string, UploadState]} upload
 * @returns {Job}
 */
function uploadJob(state, [videoId, { percent, indeterminate }]) {
  return {
    id: videoId,
    kind: "upload",
    name: gettext("Upload"),
    videoId,
    videoName: state.videos[videoId]?.name ?? gettext("Open the video"),
    open: true,
    message: gettext("Uploading"),
    percent: indeterminate ? null : wholePercent(percent),
    bar: true,
    canCancel: false,
    output: null,
    problem: "",
  };
}

/**
 * @param {State} state
 * @param {TaskState} task
 * @returns {Job}
 */
function taskJob(state, task) {
  const view = taskView(task);
  const { videoId } = task;
  return {
    id: task.id,
    kind: "task",
    name: view.name,
    videoId,
    videoName: task.videoName ?? state.videos[videoId]?.name ?? gettext("Open the video"),
    open: !isTerminal(task),
    message: view.message,
    percent: view.percent,
    bar: view.bar,
    canCancel: view.canCancel,
    output: (task.status === "complete" && task.outputs[0]) || null,
    problem: view.failure?.sentence ?? "",
  };
}

/**
 * What is under way, and the last of those that ended during this visit.
 *
 * @param {State} state
 * @param {object} options
 * @param {string} [options.except] id of a video whose jobs the page shows itself
 * @param {readonly string[]} options.visited ids of the tasks that were under way during this visit
 * @returns {Job[]} uploads, then tasks, newest first; those that ended last
 */
export function jobsOf(state, { except, visited }) {
  const uploads = uploadsOf(state).filter(([videoId]) => videoId !== except);
  const tasks = tasksOf(state, "*").filter((task) => task.videoId !== except && !task.housekeeping);
  const open = tasks.filter((task) => !isTerminal(task));
  const ended = tasks.filter(({ id, status }) => SHOWN_ENDS.has(status) && visited.includes(id));
  return [
    ...uploads.map((upload) => uploadJob(state, upload)),
    ...[...open, ...ended.slice(0, ENDED)].map((task) => taskJob(state, task)),
  ];
}

/**
 * @param {readonly Job[]} jobs
 * @returns {number|null} the mean of those under way, in whole percent; null where none tells a number
 */
export function meanPercent(jobs) {
  const known = jobs
    .filter(({ open, bar, percent }) => open && (!bar || percent !== null))
    .map(({ percent }) => percent ?? 0);
  return known.length ? wholePercent(known.reduce((sum, each) => sum + each, 0) / known.length) : null;
}

/** @param {number} count */
function uploadCount(count) {
  if (count < 2) {
    return count ? gettext("1 upload") : "";
  }
  return interpolate(gettext("%(count)s uploads"), { count });
}

/** @param {number} count */
function jobCount(count) {
  if (count < 2) {
    return count ? gettext("1 job") : "";
  }
  return interpolate(gettext("%(count)s jobs"), { count });
}

/**
 * @param {readonly Job[]} jobs
 * @param {number|null} [left] seconds until the last of them ends, where that is known
 * @returns {string} "2 uploads, 1 job · 43% · about 5 min left"
 */
export function summary(jobs, left = null) {
  const open = jobs.filter((job) => job.open);
  if (!open.length) {
    return jobs.some(({ problem }) => problem) ? gettext("A job failed") : gettext("All done");
  }
  const uploads = open.filter(({ kind }) => kind === "upload").length;
  const words = [uploadCount(uploads), jobCount(open.length - uploads)].filter(Boolean).join(", ");
  const percent = meanPercent(jobs);
  const parts = [words];
  if (percent !== null) {
    parts.push(`${percent}%`);
  }
  if (left !== null) {
    parts.push(interpolate(gettext("about %(time)s left"), { time: roughTime(left) }));
  }
  return parts.join(" · ");
}

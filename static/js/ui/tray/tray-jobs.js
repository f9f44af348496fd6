// @ts-check
import { uploadMessage } from "../../state/upload-view.js";
import { timeLeft, wholePercent } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { tasksOf, uploadsOf } from "../../state/selectors.js";
import { isTerminal } from "../../state/state.js";
import { taskView } from "../../state/task-view.js";

/** @import { State } from "../../state/state.js" */
/** @import { Output, TaskState, UploadState } from "../../api/types.js" */
/** @import { Whole } from "../../state/overall-progress.js" */

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
function uploadJob(state, [videoId, upload]) {
  const { percent, indeterminate } = upload;
  return {
    id: videoId,
    kind: "upload",
    name: gettext("Upload"),
    videoId,
    videoName: state.videos[videoId]?.name ?? gettext("Open the video"),
    open: true,
    message: uploadMessage(upload),
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

/** @param {number} count */
function uploadCount(count) {
  if (count < 2) {
    return count ? gettext("1 upload") : "";
  }
  return interpolate(gettext("%(count)s uploads"), { count });
}

/** @param {Whole} whole */
function doneCount({ done, total }) {
  if (total < 2) {
    return total ? gettext("1 job") : "";
  }
  return interpolate(gettext("%(done)s of %(total)s done"), { done, total });
}

/**
 * @param {Whole} whole
 * @returns {string} "2 uploads, 3 of 5 done · 43% · about 4 min left"
 */
export function wholeWords(whole) {
  const { uploads, failed, percent, left } = whole;
  const parts = [[uploadCount(uploads), doneCount(whole)].filter(Boolean).join(", ")];
  if (failed) {
    parts.push(interpolate(gettext("%(count)s failed"), { count: failed }));
  }
  if (percent !== null) {
    parts.push(`${percent}%`);
  }
  if (left !== null) {
    parts.push(timeLeft(left));
  }
  return parts.join(" · ");
}

/**
 * @param {readonly Job[]} jobs that have ended
 * @returns {string}
 */
export function endWords(jobs) {
  return jobs.some(({ problem }) => problem) ? gettext("A job failed") : gettext("All done");
}

// @ts-check
import { floorPercent } from "../../format.js";
import { gettext } from "../../i18n.js";
import { tasksOf, uploadsOf } from "../../state/selectors.js";
import { isTerminal } from "../../state/state.js";
import { taskView } from "../../state/task-view.js";
import { uploadMessage } from "../../state/upload-view.js";

/** @import { State } from "../../state/state.js" */
/** @import { Output, TaskState, UploadState } from "../../api/types.js" */

/** How many ended jobs the tray shows. */
const MAX_ENDED = 3;

/** Which ended jobs are shown: not those that a user cancelled. */
const SHOWN_STATUSES = new Set(["complete", "error"]);

/**
 * A job as the tray shows it.
 *
 * @typedef {object} Job
 * @property {string} id of a task, or of the video that is being uploaded
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
    percent: indeterminate ? null : floorPercent(percent),
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
    problem: view.failure?.message ?? "",
  };
}

/**
 * The active jobs, and the latest that ended during this session.
 *
 * @param {State} state
 * @param {object} options
 * @param {string} [options.except] id of a video whose jobs the page itself shows
 * @param {readonly string[]} options.session ids of the tasks that were active during this session
 * @returns {Job[]} uploads, then tasks, newest first; those that ended last
 */
export function trayJobs(state, { except, session }) {
  const uploads = uploadsOf(state).filter(([videoId]) => videoId !== except);
  const tasks = tasksOf(state, "*").filter((task) => task.videoId !== except && !task.housekeeping);
  const open = tasks.filter((task) => !isTerminal(task));
  const ended = tasks.filter(({ id, status }) => SHOWN_STATUSES.has(status) && session.includes(id));
  return [
    ...uploads.map((upload) => uploadJob(state, upload)),
    ...[...open, ...ended.slice(0, MAX_ENDED)].map((task) => taskJob(state, task)),
  ];
}

/**
 * @param {readonly Job[]} jobs that have ended
 * @returns {string}
 */
export function endedText(jobs) {
  return jobs.some(({ problem }) => problem) ? gettext("A job failed") : gettext("All done");
}

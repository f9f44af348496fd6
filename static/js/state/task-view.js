// @ts-check
import { errorText } from "../api/error-text.js";
import { fileSize, floorPercent, roughDuration, timecode, timeLeft } from "../format.js";
import { gettext, interpolate } from "../i18n.js";
import { pageData } from "../page-data.js";
import { isTerminal } from "./state.js";

/** @import { TaskState } from "../api/types.js" */

/**
 * What a task's card shows, in the page's language. Empty texts are not shown.
 *
 * @typedef {object} TaskView
 * @property {string} name
 * @property {string} status in capitals
 * @property {string} message
 * @property {number|null} percent null where no number is known
 * @property {boolean} bar
 * @property {string} step
 * @property {string} wait the time left, or the position in the queue
 * @property {{message: string, remedy: string}|null} failure
 * @property {boolean} canCancel
 * @property {boolean} canRetry
 * @property {boolean} canPause
 * @property {boolean} canResume
 */

/** Steps before the actual work, during which the message is the operation's "starting" text. */
const STARTING_STEPS = new Set(["waiting", "starting"]);

/** Steps that are not shown: their name would repeat the message. */
const HIDDEN_STEPS = new Set(["waiting", "starting", "encoding"]);

/**
 * @param {TaskState} task
 * @returns {string} the task's name, in the page's language where the operation is known
 */
export function taskName(task) {
  const label = pageData().operations[task.operation]?.label;
  if (label && task.detail !== undefined) {
    return `${label} ${task.detail}`.trim();
  }
  return task.name || label || task.operation;
}

/**
 * @param {TaskState} task
 * @returns {string}
 */
function workingMessage(task) {
  const { language, operations } = pageData();
  const texts = operations[task.operation];
  if (language.startsWith("en") || !texts) {
    return task.message || gettext("Processing...");
  }
  if (task.progress >= 100) {
    return texts.complete;
  }
  const isStarting = STARTING_STEPS.has(task.step ?? "") || (!task.step && task.progress === 0);
  return isStarting ? texts.starting : texts.working;
}

/**
 * @param {TaskState} task
 * @returns {boolean} whether it is paused, or its queue is
 */
function isPaused(task) {
  return Boolean(task.paused || task.queuePaused) && !isTerminal(task);
}

/**
 * @param {TaskState} task
 * @returns {string}
 */
function statusMessage(task) {
  if (isPaused(task)) {
    return task.paused ? gettext("Paused") : gettext("Paused with the whole queue");
  }
  switch (task.status) {
    case "processing":
      return workingMessage(task);
    case "pending":
      return task.message && pageData().language.startsWith("en")
        ? task.message
        : gettext("Waiting for its turn...");
    case "complete":
      return gettext("Complete!");
    default:
      return "";
  }
}

/**
 * @param {TaskState} task that is processing
 * @returns {string} that it is stalled, what is done where the total is unknown, or the time left
 */
function progressDetail({ stalled, indeterminate, doneSeconds, doneBytes, etaSeconds }) {
  if (stalled) {
    return gettext("No progress. If this continues, the task will be stopped and retried.");
  }
  if (indeterminate && doneSeconds) {
    return interpolate(gettext("%(done)s done"), { done: timecode(doneSeconds).split(".")[0] });
  }
  if (indeterminate && doneBytes) {
    return interpolate(gettext("%(done)s done"), { done: fileSize(doneBytes) });
  }
  return etaSeconds == null ? "" : timeLeft(etaSeconds);
}

/**
 * @param {TaskState} task
 * @returns {string}
 */
function waitText(task) {
  if (isPaused(task)) {
    return "";
  }
  if (task.status === "processing") {
    return progressDetail(task);
  }
  if (task.status !== "pending") {
    return "";
  }
  const parts = [];
  if (task.queuePosition) {
    parts.push(interpolate(gettext("Position %(position)s in the queue"), { position: task.queuePosition }));
  }
  if (task.startsInSeconds != null) {
    parts.push(interpolate(gettext("starts in about %(time)s"), { time: roughDuration(task.startsInSeconds) }));
  }
  return parts.join(" · ");
}

/**
 * @param {TaskState} task
 * @returns {number|null}
 */
function percent(task) {
  if (task.status === "complete") {
    return 100;
  }
  return task.status === "processing" && !task.indeterminate ? floorPercent(task.progress) : null;
}

/**
 * @param {TaskState} task
 * @returns {TaskView}
 */
export function taskView(task) {
  const { statuses, steps } = pageData();
  const processing = task.status === "processing";
  const step = processing && task.step && !HIDDEN_STEPS.has(task.step) ? task.step : "";
  return {
    name: taskName(task),
    status: (statuses[task.status] ?? task.status).toUpperCase(),
    message: statusMessage(task),
    percent: percent(task),
    bar: processing,
    step: step && (steps[step] ?? step),
    wait: waitText(task),
    failure: task.status === "error" && task.error ? errorText(task.error) : null,
    canCancel: processing || task.status === "pending",
    canPause: !isTerminal(task) && !task.paused,
    canResume: !isTerminal(task) && Boolean(task.paused),
    canRetry: task.status === "error" || task.status === "cancelled",
  };
}

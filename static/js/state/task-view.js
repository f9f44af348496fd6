// @ts-check
import { failureWords } from "../api/error-text.js";
import { fileSize, roughTime, timecode, timeLeft, wholePercent } from "../format.js";
import { gettext, interpolate } from "../i18n.js";
import { pageData } from "../page-data.js";
import { isTerminal } from "./state.js";

/** @import { TaskState } from "../api/types.js" */

/**
 * What a task's card says, in the page's language. An empty text is not shown.
 *
 * @typedef {object} TaskView
 * @property {string} name
 * @property {string} status in capitals
 * @property {string} message
 * @property {number|null} percent null where no number is known
 * @property {boolean} bar
 * @property {string} step
 * @property {string} wait what is left, or the place in the queue
 * @property {{sentence: string, remedy: string}|null} failure
 * @property {boolean} canCancel
 * @property {boolean} canRetry
 * @property {boolean} canPause
 * @property {boolean} canResume
 */

/** Steps before the real work, where the operation says that it is starting. */
const EARLY_STEPS = new Set(["waiting", "starting"]);

/** Steps whose name only repeats what the message says. */
const PLAIN_STEPS = new Set(["waiting", "starting", "encoding"]);

/**
 * @param {TaskState} task
 * @returns {string} what the task is called, in the page's language where its parts are known
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
  const words = operations[task.operation];
  if (language.startsWith("en") || !words) {
    return task.message || gettext("Processing...");
  }
  if (task.progress >= 100) {
    return words.complete;
  }
  const early = EARLY_STEPS.has(task.step ?? "") || (!task.step && task.progress === 0);
  return early ? words.starting : words.working;
}

/**
 * @param {TaskState} task
 * @returns {boolean} whether it is paused, or its queue is
 */
function standsStill(task) {
  return Boolean(task.paused || task.queuePaused) && !isTerminal(task);
}

/**
 * @param {TaskState} task
 * @returns {string}
 */
function message(task) {
  if (standsStill(task)) {
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
 * @param {TaskState} task at work
 * @returns {string} that it stands still, what is done where the whole is unknown, or what is left
 */
function working({ stalled, indeterminate, doneSeconds, doneBytes, etaSeconds }) {
  if (stalled) {
    return gettext("It stands still. It is ended and tried again if that lasts; you can cancel it.");
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
function wait(task) {
  if (standsStill(task)) {
    return "";
  }
  if (task.status === "processing") {
    return working(task);
  }
  if (task.status !== "pending") {
    return "";
  }
  const parts = [];
  if (task.queuePosition) {
    parts.push(interpolate(gettext("number %(position)s in the queue"), { position: task.queuePosition }));
  }
  if (task.startsInSeconds != null) {
    parts.push(interpolate(gettext("starts in about %(time)s"), { time: roughTime(task.startsInSeconds) }));
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
  return task.status === "processing" && !task.indeterminate ? wholePercent(task.progress) : null;
}

/**
 * @param {TaskState} task
 * @returns {TaskView}
 */
export function taskView(task) {
  const { statuses, steps } = pageData();
  const processing = task.status === "processing";
  const step = processing && task.step && !PLAIN_STEPS.has(task.step) ? task.step : "";
  return {
    name: taskName(task),
    status: (statuses[task.status] ?? task.status).toUpperCase(),
    message: message(task),
    percent: percent(task),
    bar: processing,
    step: step && (steps[step] ?? step),
    wait: wait(task),
    failure: task.status === "error" && task.error ? failureWords(task.error) : null,
    canCancel: processing || task.status === "pending",
    canPause: !isTerminal(task) && !task.paused,
    canResume: !isTerminal(task) && Boolean(task.paused),
    canRetry: task.status === "error" || task.status === "cancelled",
  };
}

// @ts-check
import { snapshot } from "./snapshot.js";
import { changeTask, changeUpload, changeVideo, endUpload, NOTHING } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { ServerEvent } from "../api/types.js" */

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function progress(state, videoId, { taskId, percent, ...rest }) {
  return taskId
    ? changeTask(state, videoId, taskId, { status: "processing", ...rest, progress: percent })
    : changeUpload(state, videoId, { percent, ...rest });
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function complete(state, videoId, { taskId, outputs, outputUrl, finishedAt, seq }) {
  if (!taskId) {
    return endUpload(state, videoId);
  }
  const main = { id: "", url: outputUrl, name: "", kind: "", bytes: 0 };
  return changeTask(state, videoId, taskId, {
    status: "complete",
    progress: 100,
    indeterminate: false,
    outputs: outputs ?? [main],
    error: null,
    finishedAt,
    seq,
  });
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function failure(state, videoId, { taskId, seq, finishedAt, ...error }) {
  if (taskId) {
    return changeTask(state, videoId, taskId, { status: "error", error, finishedAt, seq });
  }
  return error.code === "not_found"
    ? changeVideo(state, videoId, { state: "deleted", deleted: true })
    : endUpload(state, videoId);
}

/**
 * Where waiting tasks stand by now. That is no change of theirs, so it has no number.
 *
 * @param {State} state
 * @param {Record<string, any>} data
 * @returns {State}
 */
function queue(state, { places }) {
  const moved = Object.entries(places ?? {}).filter(([id]) => state.tasks[id]?.status === "pending");
  const tasks = moved.map(([id, place]) => [id, { ...state.tasks[id], ...place }]);
  return tasks.length ? { ...state, tasks: { ...state.tasks, ...Object.fromEntries(tasks) } } : state;
}

/**
 * The state after an event of the server, or after the page's own `unsubscribed`. Events of unknown
 * types change nothing.
 *
 * @param {State} state
 * @param {ServerEvent} event
 * @returns {State}
 */
export function reduce(state, { type, videoId, data }) {
  if (!videoId) {
    return state;
  }
  switch (type) {
    case "subscribed":
      return snapshot(state, videoId, data);
    case "progress":
      return progress(state, videoId, data);
    case "complete":
      return complete(state, videoId, data);
    case "error":
      return failure(state, videoId, data);
    case "task":
      return data.id ? changeTask(state, videoId, data.id, data) : state;
    case "queue":
      return queue(state, data);
    case "video":
      return changeVideo(state, videoId, data);
    case "unsubscribed":
      return { ...state, heard: state.heard.filter((id) => id !== videoId) };
    default:
      return state;
  }
}

/** Holds the state and tells listeners when it changed. */
export class Store extends EventTarget {
  /** @type {State} */
  #state = NOTHING;

  get state() {
    return this.#state;
  }

  /** @param {ServerEvent} event */
  apply(event) {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state !== before) {
      this.dispatchEvent(new CustomEvent("change", { detail: { before, after: this.#state } }));
    }
  }
}

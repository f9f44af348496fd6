// @ts-check
import { applySnapshot } from "./snapshot.js";
import { changeTask, changeUpload, changeVideo, endUpload } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { ServerEvent } from "../api/types.js" */

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function applyProgress(state, videoId, { taskId, percent, ...rest }) {
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
function applyComplete(state, videoId, { taskId, outputs, outputUrl, finishedAt, seq }) {
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
function applyError(state, videoId, { taskId, seq, finishedAt, ...error }) {
  if (taskId) {
    return changeTask(state, videoId, taskId, { status: "error", error, finishedAt, seq });
  }
  return error.code === "not_found"
    ? changeVideo(state, videoId, { state: "deleted", deleted: true })
    : endUpload(state, videoId);
}

/**
 * The current queue positions of pending tasks. They do not change the tasks, so they have no `seq`.
 *
 * @param {State} state
 * @param {Record<string, any>} data
 * @returns {State}
 */
function applyQueue(state, { places }) {
  const pending = Object.entries(places ?? {}).filter(([id]) => state.tasks[id]?.status === "pending");
  const tasks = pending.map(([id, place]) => [id, { ...state.tasks[id], ...place }]);
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
      return applySnapshot(state, videoId, data);
    case "progress":
      return applyProgress(state, videoId, data);
    case "complete":
      return applyComplete(state, videoId, data);
    case "error":
      return applyError(state, videoId, data);
    case "task":
      return data.id ? changeTask(state, videoId, data.id, data) : state;
    case "queue":
      return applyQueue(state, data);
    case "video":
      return changeVideo(state, videoId, data);
    case "unsubscribed":
      return { ...state, loaded: state.loaded.filter((id) => id !== videoId) };
    default:
      return state;
  }
}

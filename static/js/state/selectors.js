// @ts-check
import { isTerminal } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { TaskState, UploadState } from "../api/types.js" */

/**
 * @param {State} state
 * @param {string} videoId
 * @returns {boolean}
 */
export function isDeleted(state, videoId) {
  return state.videos[videoId]?.deleted === true;
}

/**
 * @param {State} state
 * @param {string} id of a task
 * @returns {TaskState|undefined} undefined also where its video is deleted
 */
export function taskOf(state, id) {
  const task = state.tasks[id];
  return task && !isDeleted(state, task.videoId) ? task : undefined;
}

/**
 * @param {State} state
 * @param {string} videoId or "*" for all
 * @returns {TaskState[]} newest first, without those of deleted videos
 */
export function tasksOf(state, videoId) {
  return Object.values(state.tasks)
    .filter((each) => videoId === "*" || each.videoId === videoId)
    .filter((each) => !isDeleted(state, each.videoId))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
}

/**
 * The task a video's card shows: a running one before a pending one, the oldest first.
 *
 * @param {State} state
 * @param {string} videoId
 * @returns {TaskState|null}
 */
export function activeTask(state, videoId) {
  const open = tasksOf(state, videoId).filter((each) => !isTerminal(each)).reverse();
  return open.find((each) => each.status === "processing") ?? open[0] ?? null;
}

/**
 * The upload of a video while it is active.
 *
 * @param {State} state
 * @param {string} videoId
 * @returns {UploadState|null}
 */
export function uploadOf(state, videoId) {
  const upload = state.uploads[videoId];
  const isDone = (state.videos[videoId]?.state ?? "arriving") !== "arriving";
  return upload && upload.percent < 100 && !isDone ? upload : null;
}

/**
 * @param {State} state
 * @returns {[string, UploadState][]} the active uploads, each with the id of its video
 */
export function uploadsOf(state) {
  return Object.entries(state.uploads).filter(([videoId]) => uploadOf(state, videoId));
}

/**
 * Whether a snapshot with this video has arrived.
 *
 * @param {State} state
 * @param {string} videoId
 * @returns {boolean}
 */
export function isLoaded(state, videoId) {
  return state.loaded.includes(videoId) || state.loaded.includes("*");
}

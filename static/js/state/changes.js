// @ts-check
import { isDeleted, taskOf, tasksOf } from "./selectors.js";
import { isTerminal } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { TaskState } from "../api/types.js" */

/**
 * The tasks of a video whose status became another, new tasks included.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function moved(before, after, videoId) {
  return tasksOf(after, videoId).filter((task) => task.status !== taskOf(before, task.id)?.status);
}

/**
 * The tasks of a video that came to an end.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function ended(before, after, videoId) {
  return moved(before, after, videoId).filter(isTerminal);
}

/**
 * The tasks of a video that came to an end, and the ended ones whose results became more or fewer.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function resulted(before, after, videoId) {
  return tasksOf(after, videoId).filter((task) => {
    const known = taskOf(before, task.id);
    const same = known?.status === task.status && known.outputs.length === task.outputs.length;
    return isTerminal(task) && !same;
  });
}

/**
 * The tasks that are no more. A snapshot tells only of the newest tasks, so one that is older than
 * all of those may well still be there. Those of a deleted video are kept for its restoration.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function gone(before, after, videoId) {
  const oldest = tasksOf(after, videoId).at(-1)?.createdAt ?? "";
  return tasksOf(before, videoId).filter(
    (task) => !(task.id in after.tasks) && task.createdAt >= oldest,
  );
}

/**
 * @param {State} state
 * @returns {Set<string>} the ids of all videos the state tells of
 */
export function videosOf(state) {
  return new Set([
    ...Object.keys(state.videos),
    ...Object.keys(state.uploads),
    ...Object.values(state.tasks).map((task) => task.videoId),
  ]);
}

/**
 * @param {State} before
 * @param {State} after
 * @returns {string[]} the ids of videos that were deleted
 */
export function deleted(before, after) {
  return Object.keys(after.videos).filter((id) => isDeleted(after, id) && !isDeleted(before, id));
}

/**
 * @param {State} before
 * @param {State} after
 * @returns {string[]} the ids of deleted videos that are there again
 */
export function restored(before, after) {
  return Object.keys(before.videos).filter((id) => isDeleted(before, id) && !isDeleted(after, id));
}

/**
 * @param {State} before
 * @param {State} after
 * @returns {string[]} the ids of known videos that became ready or broken
 */
export function settled(before, after) {
  return Object.keys(after.videos).filter(
    (id) => before.videos[id] && !isDeleted(after, id) && before.videos[id].state !== after.videos[id].state,
  );
}

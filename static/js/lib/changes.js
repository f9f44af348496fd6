// @ts-check
import { isTerminal, tasksOf } from "./store.js";

/** @import { State } from "./store.js" */
/** @import { TaskState } from "./types.js" */

/**
 * The tasks of a video whose status became another, new tasks included.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function moved(before, after, videoId) {
  return tasksOf(after, videoId).filter((task) => task.status !== before.tasks[task.id]?.status);
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
 * The tasks that are no more. A snapshot tells only of the newest tasks, so one that is older than
 * all of those may well still be there.
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
    ...Object.keys(state.uploads),
    ...Object.values(state.tasks).map((task) => task.videoId),
  ]);
}

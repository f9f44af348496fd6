// @ts-check
import { isDeleted, taskOf, tasksOf } from "./selectors.js";
import { isTerminal } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { TaskState } from "../api/types.js" */

/**
 * The tasks of a video whose status has changed, new tasks included.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function tasksWithNewStatus(before, after, videoId) {
  return tasksOf(after, videoId).filter((task) => task.status !== taskOf(before, task.id)?.status);
}

/**
 * The tasks of a video that have ended.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function endedTasks(before, after, videoId) {
  return tasksWithNewStatus(before, after, videoId).filter(isTerminal);
}

/**
 * The tasks of a video that have ended, and the ended ones with more or fewer outputs than before.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function tasksWithNewOutputs(before, after, videoId) {
  return tasksOf(after, videoId).filter((task) => {
    const known = taskOf(before, task.id);
    const same = known?.status === task.status && known.outputs.length === task.outputs.length;
    return isTerminal(task) && !same;
  });
}

/**
 * The tasks that were removed. A snapshot contains only the newest tasks, so one that is older than
 * all of those may still exist. The tasks of a deleted video are kept in case it is restored.
 *
 * @param {State} before
 * @param {State} after
 * @param {string} videoId or "*"
 * @returns {TaskState[]}
 */
export function removedTasks(before, after, videoId) {
  const oldest = tasksOf(after, videoId).at(-1)?.createdAt ?? "";
  return tasksOf(before, videoId).filter(
    (task) => !(task.id in after.tasks) && task.createdAt >= oldest,
  );
}

/**
 * @param {State} state
 * @returns {Set<string>} the ids of all videos in the state
 */
export function videoIds(state) {
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
export function deletedVideos(before, after) {
  return Object.keys(after.videos).filter((id) => isDeleted(after, id) && !isDeleted(before, id));
}

/**
 * @param {State} before
 * @param {State} after
 * @returns {string[]} the ids of videos that were restored
 */
export function restoredVideos(before, after) {
  return Object.keys(before.videos).filter((id) => isDeleted(before, id) && !isDeleted(after, id));
}

/**
 * @param {State} before
 * @param {State} after
 * @returns {string[]} the ids of known videos that have become ready or broken
 */
export function processedVideos(before, after) {
  return Object.keys(after.videos).filter(
    (id) => before.videos[id] && !isDeleted(after, id) && before.videos[id].state !== after.videos[id].state,
  );
}

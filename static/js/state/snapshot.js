// @ts-check
import { changeTask, changeUpload, changeVideo, filterRecord, taskWithDefaults } from "./state.js";

/** @import { State } from "./state.js" */

/**
 * Replace what was known of a video by what a snapshot contains, newer or not.
 *
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function replaceVideo(state, videoId, data) {
  const tasks = filterRecord(state.tasks, (known) => known.videoId !== videoId);
  for (const each of data.tasks ?? []) {
    tasks[each.id] = taskWithDefaults(each.id, videoId, each);
  }
  const uploads = filterRecord(state.uploads, (_, id) => id !== videoId);
  if (data.upload) {
    uploads[videoId] = data.upload;
  }
  const videos = filterRecord(state.videos, (known, id) => id !== videoId || (!data.video && !known.deleted));
  if (data.video) {
    videos[videoId] = data.video;
  }
  return { ...state, tasks, uploads, videos };
}

/**
 * Merge what a snapshot contains of a video where it is newer than what is known.
 *
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function mergeVideo(state, videoId, data) {
  let merged = data.video ? changeVideo(state, videoId, data.video) : state;
  merged = data.upload ? changeUpload(merged, videoId, data.upload) : merged;
  for (const each of data.tasks ?? []) {
    merged = changeTask(merged, videoId, each.id, each);
  }
  return merged;
}

/**
 * A snapshot of all videos. Videos with a snapshot of their own take only what is newer from it: the
 * server does not repeat events that their own snapshot already contains.
 *
 * @param {State} state
 * @param {Record<string, any>} videos by video id
 * @returns {State}
 */
function replaceAll(state, videos) {
  const own = state.loaded.filter((id) => id !== "*");
  /** @type {State} */
  const kept = {
    tasks: filterRecord(state.tasks, (known) => own.includes(known.videoId)),
    uploads: filterRecord(state.uploads, (_, id) => own.includes(id)),
    videos: state.videos,
    loaded: [...own, "*"],
  };
  return Object.entries(videos).reduce(
    (known, [id, video]) => (own.includes(id) ? mergeVideo : replaceVideo)(known, id, video),
    kept,
  );
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
export function applySnapshot(state, videoId, data) {
  if (videoId === "*") {
    return replaceAll(state, data.videos ?? {});
  }
  const loaded = state.loaded.includes(videoId) ? state.loaded : [...state.loaded, videoId];
  return { ...replaceVideo(state, videoId, data), loaded };
}

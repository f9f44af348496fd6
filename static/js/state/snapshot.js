// @ts-check
import { asTask, changeTask, changeUpload, changeVideo, filter } from "./state.js";

/** @import { State } from "./state.js" */

/**
 * All that a snapshot tells of one video, newer or not, in place of what was known.
 *
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function replaceVideo(state, videoId, data) {
  const tasks = filter(state.tasks, (known) => known.videoId !== videoId);
  for (const each of data.tasks ?? []) {
    tasks[each.id] = asTask(each.id, videoId, each);
  }
  const uploads = filter(state.uploads, (_, id) => id !== videoId);
  if (data.upload) {
    uploads[videoId] = data.upload;
  }
  const videos = filter(state.videos, (known, id) => id !== videoId || (!data.video && !known.deleted));
  if (data.video) {
    videos[videoId] = data.video;
  }
  return { ...state, tasks, uploads, videos };
}

/**
 * What a snapshot tells of one video, where it is newer than what is known.
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
 * A snapshot of all videos. Those with a snapshot of their own only learn from it what is newer: an
 * event that it holds already is not sent again.
 *
 * @param {State} state
 * @param {Record<string, any>} videos what is told, by video id
 * @returns {State}
 */
function replaceAll(state, videos) {
  const own = state.heard.filter((id) => id !== "*");
  /** @type {State} */
  const kept = {
    tasks: filter(state.tasks, (known) => own.includes(known.videoId)),
    uploads: filter(state.uploads, (_, id) => own.includes(id)),
    videos: state.videos,
    heard: [...own, "*"],
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
export function snapshot(state, videoId, data) {
  if (videoId === "*") {
    return replaceAll(state, data.videos ?? {});
  }
  const heard = state.heard.includes(videoId) ? state.heard : [...state.heard, videoId];
  return { ...replaceVideo(state, videoId, data), heard };
}

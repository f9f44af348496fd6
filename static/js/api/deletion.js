// @ts-check
import { page } from "../live/page.js";
import { deleteJson, postJson } from "./http.js";

/**
 * What one click deletes: a video, the outputs of one task, or a subtitle file.
 *
 * @typedef {object} Deletable
 * @property {"video"|"output"|"subtitle"} kind
 * @property {string[]} ids
 * @property {string} name
 */

/**
 * @param {string|undefined} value of a `data-kind` attribute
 * @returns {Deletable["kind"]}
 */
export function deletableKind(value) {
  return value === "output" || value === "subtitle" ? value : "video";
}

/**
 * Optimistic update: mark videos as deleted, or as restored, before the server has confirmed it.
 *
 * @param {Deletable} target
 * @param {boolean} deleted
 */
export function markDeleted({ kind, ids }, deleted) {
  const { store } = page();
  for (const videoId of kind === "video" ? ids : []) {
    store.apply({ type: "video", videoId, data: { deleted } });
  }
}

/**
 * Delete all ids, or none of them.
 *
 * @param {Deletable} target
 * @returns {Promise<number>} for how many seconds it can be undone
 */
export async function deleteAll({ kind, ids }) {
  const done = [];
  let seconds = Infinity;
  try {
    for (const id of ids) {
      const answer = await deleteJson(`/api/${kind}s/${id}`);
      done.push(id);
      seconds = Math.min(seconds, answer.undoSeconds);
    }
  } catch (error) {
    await Promise.allSettled(done.map((id) => restoreOne(kind, id)));
    throw error;
  }
  return seconds;
}

/**
 * @param {Deletable} target
 * @returns {Promise<void>}
 */
export async function restoreAll({ kind, ids }) {
  await Promise.all(ids.map((id) => restoreOne(kind, id)));
}

/**
 * @param {string} kind
 * @param {string} id
 */
function restoreOne(kind, id) {
  return postJson(`/api/${kind}s/${id}/restore`);
}

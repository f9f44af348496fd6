// @ts-check
import { deleteJson, postJson } from "./http.js";
import { page } from "../live/page.js";

/**
 * What is deleted at one stroke: a video, results of one task, or a subtitle file.
 *
 * @typedef {object} Deletable
 * @property {"video"|"output"|"subtitle"} kind
 * @property {string[]} ids
 * @property {string} name
 */

/**
 * @param {string|undefined} word
 * @returns {Deletable["kind"]}
 */
export function kindOf(word) {
  return word === "output" || word === "subtitle" ? word : "video";
}

/**
 * The page takes videos for deleted, or for there again, before the server has said so.
 *
 * @param {Deletable} thing
 * @param {boolean} deleted
 */
export function suppose({ kind, ids }, deleted) {
  const { store } = page();
  for (const videoId of kind === "video" ? ids : []) {
    store.apply({ type: "video", videoId, data: { deleted } });
  }
}

/**
 * Delete all of it, or none.
 *
 * @param {Deletable} thing
 * @returns {Promise<number>} the seconds from now on in which it can be undone
 */
export async function remove({ kind, ids }) {
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
 * @param {Deletable} thing
 * @returns {Promise<void>}
 */
export async function restore({ kind, ids }) {
  await Promise.all(ids.map((id) => restoreOne(kind, id)));
}

/**
 * @param {string} kind
 * @param {string} id
 */
function restoreOne(kind, id) {
  return postJson(`/api/${kind}s/${id}/restore`);
}

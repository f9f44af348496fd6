// @ts-check
import { csrfToken, request } from "./http.js";

const EXTENSIONS = /\.(srt|vtt|ass|ssa|smi|sami)$/i;

/**
 * @param {{name: string}} file
 * @returns {boolean} whether it has the extension of a subtitle file
 */
export function isSubtitleFile({ name }) {
  return EXTENSIONS.test(name);
}

/**
 * @param {string} videoId
 * @param {File} file
 * @returns {Promise<Record<string, any>>} the subtitle file as the server parsed it
 */
export function addSubtitleFile(videoId, file) {
  const body = new FormData();
  body.append("subtitles", file);
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  return request(`/api/videos/${videoId}/subtitles`, { method: "POST", headers, body });
}

/**
 * @param {string} fileId
 * @param {{encoding?: string, language?: string}} changes
 * @returns {Promise<Record<string, any>>}
 */
export function updateSubtitleFile(fileId, changes) {
  return request(`/api/subtitles/${fileId}`, {
    method: "PATCH",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": csrfToken(),
    },
    body: JSON.stringify(changes),
  });
}

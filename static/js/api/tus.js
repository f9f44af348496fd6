// @ts-check
import { ApiError, csrfToken, readAnswer, unreachable } from "./http.js";

/** Where uploads are created by the tus protocol (https://tus.io). */
export const ENDPOINT = "/api/uploads/";

/** Statuses after which a retry may succeed: conflict, locked, checksum mismatch, too many requests. */
const RETRYABLE = new Set([409, 423, 429, 460]);

/**
 * @param {Error} error of the tus client
 * @returns {ApiError|null} null where a retry may succeed
 */
export function permanentError(error) {
  const answer = "originalResponse" in error ? /** @type {any} */ (error.originalResponse) : null;
  const status = answer?.getStatus() ?? 0;
  // 507: the disk or the quota is full, which no retry changes.
  if (status === 0 || (status >= 500 && status !== 507) || RETRYABLE.has(status)) {
    return null;
  }
  try {
    readAnswer(status, answer.getBody() ?? "");
  } catch (refusal) {
    if (refusal instanceof ApiError) {
      return refusal;
    }
    throw refusal;
  }
  return unreachable();
}

/**
 * @param {string} url of an upload that was interrupted
 * @returns {Promise<number|null>} bytes that the server has; null where it cannot be resumed
 */
export async function uploadOffset(url) {
  const answer = await fetch(url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  const offset = Number(answer.headers.get("Upload-Offset"));
  const length = Number(answer.headers.get("Upload-Length"));
  return answer.ok && offset < length ? offset : null;
}

/**
 * Delete an upload on the server. An upload that cannot be deleted because the server cannot be
 * reached expires there.
 *
 * @param {string} url
 */
export async function deleteUpload(url) {
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken() };
  try {
    await fetch(url, { method: "DELETE", headers });
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
  }
}

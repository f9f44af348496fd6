// @ts-check
import { csrfToken, readAnswer, unreachable } from "./http.js";

/**
 * Send one file. `fetch` cannot tell how much has been sent, so this is an XMLHttpRequest.
 *
 * @param {File} file
 * @param {object} options
 * @param {(percent: number) => void} options.onProgress
 * @param {AbortSignal} options.signal aborting rejects with the signal's reason
 * @param {string} [options.url]
 * @returns {Promise<{videoId: string, url: string}>}
 */
export function uploadFile(file, { onProgress, signal, url = "/api/upload" }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) {
        onProgress((100 * event.loaded) / event.total);
      }
    };
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(signal.reason);
    request.onload = () => {
      try {
        const { videoId, url: page } = readAnswer(request.status, request.responseText);
        resolve({ videoId, url: page });
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    const body = new FormData();
    body.append("video", file);
    request.send(body);
  });
}

/**
 * Run jobs one after another; a job that fails does not stop those behind it.
 */
export class Line {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  #length = 0;

  /** How many jobs wait or run. */
  get length() {
    return this.#length;
  }

  /**
   * @template T
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  add(job) {
    this.#length += 1;
    const result = this.#last.then(job).finally(() => {
      this.#length -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

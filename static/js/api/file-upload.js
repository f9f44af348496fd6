// @ts-check
import { Upload } from "#tus-js-client";

import { reconnectDelay } from "../live/backoff.js";
import { ApiError, csrfToken, readAnswer, unreachable } from "./http.js";
import { forget, hold, keyOf, recall } from "../state/saved-uploads.js";
import { Rate } from "./transfer-rate.js";

const ENDPOINT = "/api/uploads/";
const MIB = 1024 * 1024;
/** Chunks grow and shrink with the line, so that the percent moves about once a second. */
const LEAST_CHUNK = MIB / 4;
const FIRST_CHUNK = MIB;
const MOST_CHUNK = 8 * MIB;
const CHUNK_SECONDS = 1;
/** Another try may meet these no more: conflict, locked, changed on the way, too many requests. */
const PASSING = new Set([409, 423, 429, 460]);

/**
 * `waiting` for its turn, `sending`, `paused` by the person, `lost` while the server cannot be
 * reached, `complete`, or `failed` for good.
 *
 * @typedef {"waiting"|"sending"|"paused"|"lost"|"complete"|"failed"} UploadStage
 */

/** @returns {number} seconds */
const now = () => performance.now() / 1000;

/**
 * What a failed request means: null where trying again may help.
 *
 * @param {Error} error
 * @returns {ApiError|null}
 */
function lasting(error) {
  const answer = "originalResponse" in error ? /** @type {any} */ (error.originalResponse) : null;
  const status = answer?.getStatus() ?? 0;
  if (status === 0 || status >= 500 && status !== 507 || PASSING.has(status)) {
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

/** One file on its way; dispatches `change` whenever something about it does. */
export class FileUpload extends EventTarget {
  /** @type {UploadStage} */
  stage = "waiting";
  /** Bytes that the server has on its disk. */
  received = 0;
  videoId = "";
  /** @type {ApiError|null} */
  failure = null;
  #rate = new Rate();
  #failures = 0;
  #chunkBegan = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #retry;
  /** @type {(() => void)|null} */
  #release = null;
  /** @type {Upload} */
  #upload;
  /** @type {(value: boolean) => void} */
  #over = () => {};

  /** @param {File} file */
  constructor(file) {
    super();
    this.file = file;
    this.name = file.name.normalize("NFC");
    this.key = keyOf(file);
    this.#upload = new Upload(file, {
      endpoint: ENDPOINT,
      chunkSize: FIRST_CHUNK,
      metadata: { filename: this.name, filetype: file.type },
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
      retryDelays: null,
      storeFingerprintForResuming: false,
      uploadUrl: recall(this.key)?.url ?? null,
      onUploadUrlAvailable: () => this.#known(),
      onAfterResponse: (_request, response) => {
        this.videoId = response.getHeader("Video-Id") ?? this.videoId;
      },
      onChunkComplete: (size, accepted) => this.#accepted(size, accepted),
      onSuccess: () => this.#ended("complete"),
      onError: (error) => this.#erred(error),
    });
  }

  /** Percent 0 to 100 of what the server has. */
  get percent() {
    return this.file.size ? (100 * this.received) / this.file.size : 0;
  }

  /** Bytes a second, or null. */
  get speed() {
    return this.stage === "sending" ? this.#rate.perSecond : null;
  }

  /** Seconds left, or null. */
  get left() {
    return this.stage === "sending" ? this.#rate.left(this.file.size) : null;
  }

  /** Whether bytes may be under way. */
  get isBusy() {
    return this.stage === "sending" || this.stage === "lost";
  }

  /**
   * Send it, or what the server lacks of it.
   *
   * @returns {Promise<boolean>} whether it arrived, once it has or never will
   */
  send() {
    if (this.stage !== "waiting") {
      return Promise.resolve(this.stage === "complete");
    }
    window.addEventListener("online", this.#again);
    const over = new Promise((resolve) => {
      this.#over = resolve;
    });
    this.#go();
    return over;
  }

  /** Stop for now. */
  pause() {
    clearTimeout(this.#retry);
    this.#enter("paused");
    return this.#upload.abort();
  }

  /** Go on after a pause, or once more after a failure. */
  resume() {
    if (this.stage === "failed") {
      this.failure = null;
      window.addEventListener("online", this.#again);
    }
    this.#failures = 0;
    this.#go();
  }

  /** Give it up, here and on the server. */
  async cancel() {
    clearTimeout(this.#retry);
    const { url } = this.#upload;
    this.#ended("failed");
    forget(this.key);
    await this.#upload.abort();
    if (url) {
      await terminate(url);
    }
  }

  #go() {
    clearTimeout(this.#retry);
    this.#rate.restart(this.received, now());
    this.#chunkBegan = now();
    this.#enter("sending");
    this.#upload.start();
  }

  #again = () => {
    if (this.stage === "lost") {
      this.#go();
    }
  };

  /** @param {UploadStage} stage */
  #enter(stage) {
    this.stage = stage;
    this.dispatchEvent(new Event("change"));
  }

  #known() {
    const url = this.#upload.url ?? "";
    this.#release?.();
    this.#release = hold({ key: this.key, url, name: this.name, size: this.file.size });
  }

  /**
   * @param {number} size bytes of the chunk
   * @param {number} accepted bytes that the server has
   */
  #accepted(size, accepted) {
    this.#failures = 0;
    this.received = accepted;
    this.#rate.measure(accepted, now());
    const fitting = (size / Math.max(0.001, now() - this.#chunkBegan)) * CHUNK_SECONDS;
    this.#upload.options.chunkSize = Math.round(Math.min(MOST_CHUNK, Math.max(LEAST_CHUNK, fitting)));
    this.#chunkBegan = now();
    this.#enter(this.stage);
  }

  /** @param {Error} error */
  #erred(error) {
    if (this.stage === "paused") {
      return;
    }
    this.failure = lasting(error);
    if (this.failure) {
      this.#ended("failed");
      return;
    }
    this.#enter("lost");
    this.#retry = setTimeout(this.#again, reconnectDelay(this.#failures) / 2);
    this.#failures += 1;
  }

  /** @param {"complete"|"failed"} stage */
  #ended(stage) {
    window.removeEventListener("online", this.#again);
    this.#release?.();
    this.#release = null;
    if (stage === "complete") {
      this.received = this.file.size;
      forget(this.key);
    }
    this.#enter(stage);
    this.#over(stage === "complete");
  }
}

/**
 * Where an upload of an earlier visit stands.
 *
 * @param {string} url
 * @returns {Promise<number|null>} bytes that the server has; null where it takes no more
 */
export async function offsetOf(url) {
  const answer = await fetch(url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  const offset = Number(answer.headers.get("Upload-Offset"));
  const length = Number(answer.headers.get("Upload-Length"));
  return answer.ok && offset < length ? offset : null;
}

/**
 * Give an upload up on the server. Where that cannot be reached, it expires by itself.
 *
 * @param {string} url
 */
export async function terminate(url) {
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken() };
  try {
    await fetch(url, { method: "DELETE", headers });
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
  }
}

/**
 * Run jobs, a few at a time in the order they came; one that fails does not stop those behind it.
 */
export class Line {
  /** @type {(() => void)[]} */
  #waiting = [];
  #running = 0;
  #places;

  /** @param {number} places how many run at once */
  constructor(places) {
    this.#places = places;
  }

  /** How many jobs wait or run. */
  get length() {
    return this.#waiting.length + this.#running;
  }

  /**
   * @template T
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  async add(job) {
    if (this.#running >= this.#places) {
      await new Promise((/** @type {(value?: unknown) => void} */ go) => this.#waiting.push(go));
    }
    this.#running += 1;
    try {
      return await job();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

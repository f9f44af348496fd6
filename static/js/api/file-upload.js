// @ts-check
import { Upload } from "#tus-js-client";

import { reconnectDelay } from "../live/backoff.js";
import { fileKey, findSavedUpload, removeSavedUpload, saveWhileSending } from "../state/saved-uploads.js";
import { FIRST_CHUNK, nextChunkSize } from "./chunk-size.js";
import { csrfToken } from "./http.js";
import { TransferRate } from "./transfer-rate.js";
import { deleteUpload, ENDPOINT, permanentError } from "./tus.js";

/** @import { ApiError } from "./http.js" */

/**
 * `waiting` in the queue, `sending`, `paused` by the user, `lost` while the server cannot be
 * reached, `complete`, or `failed` permanently.
 *
 * @typedef {"waiting"|"sending"|"paused"|"lost"|"complete"|"failed"} UploadStage
 */

/** @returns {number} seconds */
const now = () => performance.now() / 1000;

/** Uploads one file by tus, resumable across reloads; dispatches `change` whenever its state changes. */
export class FileUpload extends EventTarget {
  /** @type {UploadStage} */
  stage = "waiting";
  /** Bytes that the server has stored. */
  received = 0;
  videoId = "";
  /** @type {ApiError|null} */
  failure = null;
  #rate = new TransferRate();
  #failures = 0;
  #chunkStartedAt = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #retryTimer;
  /** @type {(() => void)|null} */
  #release = null;
  /** @type {Upload} */
  #upload;
  /** @type {(value: boolean) => void} */
  #resolve = () => {};

  /** @param {File} file */
  constructor(file) {
    super();
    this.file = file;
    this.name = file.name.normalize("NFC");
    this.key = fileKey(file);
    this.#upload = new Upload(file, {
      endpoint: ENDPOINT,
      chunkSize: FIRST_CHUNK,
      metadata: { filename: this.name, filetype: file.type },
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
      retryDelays: null,
      storeFingerprintForResuming: false,
      uploadUrl: findSavedUpload(this.key)?.url ?? null,
      onUploadUrlAvailable: () => this.#save(),
      onAfterResponse: (_request, response) => {
        this.videoId = response.getHeader("Video-Id") ?? this.videoId;
      },
      onChunkComplete: (size, accepted) => this.#onChunk(size, accepted),
      onSuccess: () => this.#finish("complete"),
      onError: (error) => this.#onError(error),
    });
  }

  /** How much of the file the server has, 0 to 100. */
  get percent() {
    return this.file.size ? (100 * this.received) / this.file.size : 0;
  }

  /** Bytes per second, or null. */
  get bytesPerSecond() {
    return this.stage === "sending" ? this.#rate.bytesPerSecond : null;
  }

  /** Seconds left, or null. */
  get secondsLeft() {
    return this.stage === "sending" ? this.#rate.secondsLeft(this.file.size) : null;
  }

  /** Whether leaving the page would interrupt the upload. */
  get isBusy() {
    return this.stage === "sending" || this.stage === "lost";
  }

  /**
   * Send the file, or the part of it that the server does not have yet.
   *
   * @returns {Promise<boolean>} whether it is complete, once it has completed or failed permanently
   */
  send() {
    if (this.stage !== "waiting") {
      return Promise.resolve(this.stage === "complete");
    }
    window.addEventListener("online", this.#retry);
    const finished = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#start();
    return finished;
  }

  pause() {
    clearTimeout(this.#retryTimer);
    this.#setStage("paused");
    return this.#upload.abort();
  }

  /** Continue after a pause, or retry after a failure. */
  resume() {
    if (this.stage === "failed") {
      this.failure = null;
      window.addEventListener("online", this.#retry);
    }
    this.#failures = 0;
    this.#start();
  }

  /** Stop, and delete the upload on the server. */
  async cancel() {
    clearTimeout(this.#retryTimer);
    const { url } = this.#upload;
    this.#finish("failed");
    removeSavedUpload(this.key);
    await this.#upload.abort();
    if (url) {
      await deleteUpload(url);
    }
  }

  #start() {
    clearTimeout(this.#retryTimer);
    this.#rate.restart(this.received, now());
    this.#chunkStartedAt = now();
    this.#setStage("sending");
    this.#upload.start();
  }

  #retry = () => {
    if (this.stage === "lost") {
      this.#start();
    }
  };

  /** @param {UploadStage} stage */
  #setStage(stage) {
    this.stage = stage;
    this.dispatchEvent(new Event("change"));
  }

  /** The upload's address is known: save it, so that a reload can resume it. */
  #save() {
    const url = this.#upload.url ?? "";
    this.#release?.();
    this.#release = saveWhileSending({ key: this.key, url, name: this.name, size: this.file.size });
  }

  /**
   * @param {number} size bytes of the chunk
   * @param {number} accepted bytes that the server has
   */
  #onChunk(size, accepted) {
    this.#failures = 0;
    this.received = accepted;
    this.#rate.measure(accepted, now());
    this.#upload.options.chunkSize = nextChunkSize(size, now() - this.#chunkStartedAt);
    this.#chunkStartedAt = now();
    this.#setStage(this.stage);
  }

  /** @param {Error} error */
  #onError(error) {
    if (this.stage === "paused") {
      return;
    }
    this.failure = permanentError(error);
    if (this.failure) {
      this.#finish("failed");
      return;
    }
    this.#setStage("lost");
    this.#retryTimer = setTimeout(this.#retry, reconnectDelay(this.#failures) / 2);
    this.#failures += 1;
  }

  /** @param {"complete"|"failed"} stage */
  #finish(stage) {
    window.removeEventListener("online", this.#retry);
    this.#release?.();
    this.#release = null;
    if (stage === "complete") {
      this.received = this.file.size;
      removeSavedUpload(this.key);
    }
    this.#setStage(stage);
    this.#resolve(stage === "complete");
  }
}

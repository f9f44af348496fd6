// @ts-check
import { FileUpload } from "../../api/file-upload.js";
import { uploadOffset } from "../../api/tus.js";
import { fileKey, interruptedUploads, removeSavedUpload } from "../../state/saved-uploads.js";
import { cloneTemplate, part } from "../shared/dom.js";
import { acceptDroppedFiles } from "../shared/file-drop.js";
import { ConcurrencyQueue } from "./concurrency-queue.js";
import { fileRefusal } from "./file-checks.js";
import { UploadRow } from "./upload-row.js";

/** How many files are sent at once. */
const MAX_CONCURRENT = 2;

/**
 * The place to choose videos; they can be dropped anywhere on the window. After a single one the
 * browser opens its page. Interrupted uploads of an earlier page are listed until their file is chosen.
 */
export class UploadDrop extends HTMLElement {
  #queue = new ConcurrencyQueue(MAX_CONCURRENT);
  /** @type {(() => void)|null} */
  #refuseDrops = null;

  connectedCallback() {
    this.#input?.toggleAttribute("multiple", true);
    this.#input?.addEventListener("change", this.#onChosen);
    this.addEventListener("choose", this.#choose);
    this.#refuseDrops = acceptDroppedFiles(this, this.#onDropped);
    window.addEventListener("beforeunload", this.#onBeforeUnload);
    void this.#showInterrupted();
  }

  disconnectedCallback() {
    this.#input?.removeEventListener("change", this.#onChosen);
    this.removeEventListener("choose", this.#choose);
    this.#refuseDrops?.();
    window.removeEventListener("beforeunload", this.#onBeforeUnload);
  }

  /** @returns {HTMLInputElement|null} */
  get #input() {
    return this.querySelector("input[type=file]");
  }

  /** The size limit of a file in bytes. */
  get #limit() {
    return Number(this.dataset.limit) || Infinity;
  }

  /** @returns {UploadRow[]} */
  get #rows() {
    return Array.from(this.querySelectorAll("upload-row")).filter((row) => row instanceof UploadRow);
  }

  #choose = () => this.#input?.click();

  #onChosen = () => {
    const input = this.#input;
    if (input?.files?.length) {
      void this.#uploadAll(Array.from(input.files));
      input.value = "";
    }
  };

  /**
   * @param {File[]} files
   * @param {DataTransfer} transfer
   */
  #onDropped = (files, { items }) => {
    const entries = Array.from(items ?? [], (item) => item.webkitGetAsEntry?.());
    const folders = entries.filter((entry) => entry?.isDirectory).map((entry) => entry?.name);
    void this.#uploadAll(files, new Set(folders));
  };

  /** @param {BeforeUnloadEvent} event */
  #onBeforeUnload = (event) => {
    if (this.#rows.some((row) => row.isBusy)) {
      event.preventDefault();
    }
  };

  /**
   * @param {File[]} files
   * @param {Set<string|undefined>} [folders] names that are folders, not files
   */
  async #uploadAll(files, folders = new Set()) {
    const isSingle = files.length === 1 && this.#queue.length === 0;
    const videoIds = await Promise.all(files.map((file) => this.#upload(file, folders.has(file.name))));
    if (isSingle && this.#queue.length === 0 && videoIds[0]) {
      location.assign(`/videos/${videoIds[0]}/`);
    }
  }

  /**
   * @param {File} file
   * @param {boolean} isFolder
   * @returns {Promise<string|null>} the video's id once the upload is complete; null where it failed
   */
  async #upload(file, isFolder) {
    const key = fileKey(file);
    const known = this.#rows.find((row) => row.key === key && row.dataset.state === "interrupted");
    const row = known ?? this.#addRow();
    const refusal = fileRefusal(file, { isFolder, limit: this.#limit });
    if (refusal) {
      row.showRefusal(file.name, file.size, refusal);
      return null;
    }
    const upload = new FileUpload(file);
    row.showUpload(upload);
    const isComplete = await this.#queue.add(() => upload.send());
    return isComplete ? upload.videoId : null;
  }

  #addRow() {
    const row = cloneTemplate(this.querySelector("template"));
    if (!(row instanceof UploadRow)) {
      throw new Error("The template of an upload is not an upload-row.");
    }
    part(this, "rows")?.append(row);
    return row;
  }

  /** Show the uploads that an earlier page left unfinished, and forget those that cannot be resumed. */
  async #showInterrupted() {
    for (const saved of interruptedUploads()) {
      const received = await uploadOffset(saved.url).catch(() => 0);
      if (received === null) {
        removeSavedUpload(saved.key);
      } else if (this.isConnected && !this.#rows.some((row) => row.key === saved.key)) {
        this.#addRow().showInterrupted(saved, received);
      }
    }
  }
}

customElements.define("upload-drop", UploadDrop);

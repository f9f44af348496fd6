// @ts-check
import { part, stamp } from "../shared/dom.js";
import { fileSize } from "../../format.js";
import { ApiError } from "../../api/http.js";
import { gettext, interpolate } from "../../i18n.js";
import { forget, keyOf, leftBehind } from "../../state/saved-uploads.js";
import { FileUpload, Line, offsetOf } from "../../api/file-upload.js";
import { UploadRow } from "./upload-row.js";

const AT_ONCE = 2;
/** What a video's own page takes. */
const SUBTITLES = /\.(srt|vtt|ass|ssa|smi|sami)$/i;

/**
 * The place to drop or choose videos: anywhere on the window. After a single one the browser goes
 * to its page. What an earlier visit left unfinished waits for its file.
 */
export class UploadDrop extends HTMLElement {
  #line = new Line(AT_ONCE);

  connectedCallback() {
    this.#input?.toggleAttribute("multiple", true);
    this.#input?.addEventListener("change", this.#chosen);
    this.addEventListener("choose", this.#choose);
    window.addEventListener("dragover", this.#over);
    window.addEventListener("dragleave", this.#leave);
    window.addEventListener("drop", this.#dropped);
    window.addEventListener("beforeunload", this.#warn);
    void this.#remind();
  }

  disconnectedCallback() {
    this.#input?.removeEventListener("change", this.#chosen);
    this.removeEventListener("choose", this.#choose);
    window.removeEventListener("dragover", this.#over);
    window.removeEventListener("dragleave", this.#leave);
    window.removeEventListener("drop", this.#dropped);
    window.removeEventListener("beforeunload", this.#warn);
  }

  /** @returns {HTMLInputElement|null} */
  get #input() {
    return this.querySelector("input[type=file]");
  }

  /** The most bytes a file may have. */
  get #limit() {
    return Number(this.dataset.limit) || Infinity;
  }

  /** @returns {UploadRow[]} */
  get #rows() {
    return Array.from(this.querySelectorAll("upload-row")).filter((row) => row instanceof UploadRow);
  }

  #choose = () => this.#input?.click();

  #chosen = () => {
    const input = this.#input;
    if (input?.files?.length) {
      void this.#take(Array.from(input.files));
      input.value = "";
    }
  };

  /** @param {DragEvent} event */
  #over = (event) => {
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      this.dataset.dragging = "";
    }
  };

  /** @param {DragEvent} event */
  #leave = (event) => {
    if (!event.relatedTarget) {
      delete this.dataset.dragging;
    }
  };

  /** @param {DragEvent} event */
  #dropped = (event) => {
    delete this.dataset.dragging;
    const { items, files } = event.dataTransfer ?? {};
    if (!files?.length) {
      return;
    }
    event.preventDefault();
    const entries = Array.from(items ?? [], (item) => item.webkitGetAsEntry?.());
    const folders = entries.filter((entry) => entry?.isDirectory).map((entry) => entry?.name);
    void this.#take(Array.from(files), new Set(folders));
  };

  /** @param {BeforeUnloadEvent} event */
  #warn = (event) => {
    if (this.#rows.some((row) => row.isBusy)) {
      event.preventDefault();
    }
  };

  /**
   * @param {File[]} files
   * @param {Set<string|undefined>} [folders] names that are no files
   */
  async #take(files, folders = new Set()) {
    const alone = files.length === 1 && this.#line.length === 0;
    const sent = await Promise.all(files.map((file) => this.#send(file, folders.has(file.name))));
    if (alone && this.#line.length === 0 && sent[0]) {
      location.assign(`/videos/${sent[0]}/`);
    }
  }

  /**
   * @param {File} file
   * @param {boolean} isFolder
   * @returns {Promise<string|null>} the video's id once the file has arrived
   */
  async #send(file, isFolder) {
    const key = keyOf(file);
    const known = this.#rows.find((row) => row.key === key && row.dataset.state === "left");
    const row = known ?? this.#addRow();
    const refusal = isFolder ? folderRefusal() : subtitleRefusal(file) ?? this.#sizeRefusal(file);
    if (refusal) {
      row.refuse(file.name, file.size, refusal);
      return null;
    }
    const upload = new FileUpload(file);
    row.follow(upload);
    const arrived = await this.#line.add(() => upload.send());
    return arrived ? upload.videoId : null;
  }

  #addRow() {
    const row = stamp(this.querySelector("template"));
    if (!(row instanceof UploadRow)) {
      throw new Error("The template of an upload is no upload-row.");
    }
    part(this, "rows")?.append(row);
    return row;
  }

  /** Rows for what an earlier visit left unfinished, where the server still waits for it. */
  async #remind() {
    for (const left of leftBehind()) {
      const received = await offsetOf(left.url).catch(() => 0);
      if (received === null) {
        forget(left.key);
      } else if (this.isConnected && !this.#rows.some((row) => row.key === left.key)) {
        this.#addRow().remind(left, received);
      }
    }
  }

  /** @param {File} file */
  #sizeRefusal(file) {
    if (file.size <= this.#limit) {
      return null;
    }
    return new ApiError({
      error: interpolate(gettext("This file is larger than %(limit)s, the most this server takes."), {
        limit: fileSize(this.#limit),
      }),
      remedy: gettext("Choose a smaller file, or ask whoever runs this server to raise the limit."),
    });
  }
}

function folderRefusal() {
  return new ApiError({
    error: gettext("This is a folder."),
    remedy: gettext("Open it and drop the videos that lie in it."),
  });
}

/** @param {File} file */
function subtitleRefusal({ name }) {
  if (!SUBTITLES.test(name)) {
    return null;
  }
  return new ApiError({
    error: gettext("This is a subtitle file."),
    remedy: gettext("Open its video and add it there."),
  });
}

customElements.define("upload-drop", UploadDrop);

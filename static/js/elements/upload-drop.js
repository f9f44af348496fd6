// @ts-check
import { part, stamp } from "../lib/dom.js";
import { fileSize } from "../lib/format.js";
import { ApiError } from "../lib/http.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { Line } from "../lib/upload.js";
import { UploadRow } from "./upload-row.js";

/**
 * The place to drop or choose videos. Files go up one after another; after a single one the
 * browser goes to its page.
 */
export class UploadDrop extends HTMLElement {
  #line = new Line();

  connectedCallback() {
    this.#input?.toggleAttribute("multiple", true);
    this.#input?.addEventListener("change", this.#chosen);
    window.addEventListener("dragover", this.#over);
    window.addEventListener("dragleave", this.#leave);
    window.addEventListener("drop", this.#dropped);
    window.addEventListener("beforeunload", this.#warn);
  }

  disconnectedCallback() {
    this.#input?.removeEventListener("change", this.#chosen);
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
    if (event.dataTransfer?.files.length) {
      event.preventDefault();
      void this.#take(Array.from(event.dataTransfer.files));
    }
  };

  /** @param {BeforeUnloadEvent} event */
  #warn = (event) => {
    if (this.#line.length) {
      event.preventDefault();
    }
  };

  /** @param {File[]} files */
  async #take(files) {
    const alone = files.length === 1 && this.#line.length === 0;
    const answers = await Promise.all(files.map((file) => this.#send(file)));
    if (alone && this.#line.length === 0 && answers[0]) {
      location.assign(answers[0].url);
    }
  }

  /** @param {File} file */
  async #send(file) {
    const row = this.#addRow(file);
    if (file.size > this.#limit) {
      row.refuse(this.#tooLarge());
      return null;
    }
    return this.#line.add(() => row.send(file));
  }

  /** @param {File} file */
  #addRow(file) {
    const row = stamp(this.querySelector("template"));
    if (!(row instanceof UploadRow)) {
      throw new Error("The template of an upload is no upload-row.");
    }
    part(this, "rows")?.append(row);
    row.wait(file);
    return row;
  }

  #tooLarge() {
    return new ApiError({
      error: interpolate(gettext("This file is larger than %(limit)s, the most this server takes."), {
        limit: fileSize(this.#limit),
      }),
      remedy: gettext("Choose a smaller file, or ask whoever runs this server to raise the limit."),
    });
  }
}

customElements.define("upload-drop", UploadDrop);

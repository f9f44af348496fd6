// @ts-check
import { errorText } from "../../api/error-text.js";
import { ApiError } from "../../api/http.js";
import { addSubtitleFile, isSubtitleFile, updateSubtitleFile } from "../../api/subtitles.js";
import { gettext, interpolate } from "../../i18n.js";
import { page } from "../../live/page.js";
import { announce, part, setText } from "../shared/dom.js";
import { acceptDroppedFiles } from "../shared/file-drop.js";
import { fetchCurrentPage, replaceElement } from "../shared/page-refresh.js";

/**
 * The subtitle files of a video: chosen or dropped, and parsed again when their encoding is changed.
 * The other parts of the page that show them (the player's tracks, the edits' choices) are updated.
 */
export class SubtitleFiles extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {(() => void)|null} */
  #refuseDrops = null;
  /** @type {Promise<void>} the files chosen before: files are added in the order in which they were chosen */
  #pending = Promise.resolve();

  connectedCallback() {
    this.#unwatch = page().watch(this.#videoId);
    page().live.addEventListener("event", this.#onEvent);
    this.addEventListener("change", this.#change);
    this.#refuseDrops = acceptDroppedFiles(this, (files) => void this.#add(files));
  }

  disconnectedCallback() {
    this.#unwatch?.();
    page().live.removeEventListener("event", this.#onEvent);
    this.removeEventListener("change", this.#change);
    this.#refuseDrops?.();
  }

  get #videoId() {
    return this.dataset.videoId ?? "";
  }

  /** @param {Event} event */
  #onEvent = (event) => {
    const { type, videoId } = /** @type {CustomEvent} */ (event).detail;
    if (type === "video" && videoId === this.#videoId) {
      void this.#refresh();
    }
  };

  /** @param {Event} event */
  #change = (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.files?.length) {
      const files = Array.from(field.files);
      field.value = "";
      void this.#add(files);
    } else if (field instanceof HTMLSelectElement) {
      void this.#updateFile(field);
    }
  };

  /** @param {File[]} files */
  #add(files) {
    const next = () => this.#attachAll(files);
    this.#pending = this.#pending.then(next, next);
    return this.#pending;
  }

  /** @param {File[]} files */
  async #attachAll(files) {
    setText(this, "problem", "");
    for (const file of files) {
      if (isSubtitleFile(file)) {
        await this.#try("problem", this, () => this.#attach(file));
      } else {
        setText(this, "problem", gettext("This is not a subtitle file. Add videos in the library."));
      }
    }
    await this.#refresh();
  }

  /** @param {File} file */
  async #attach(file) {
    const { name, cues } = await addSubtitleFile(this.#videoId, file);
    announce(interpolate(gettext("%(name)s was added: %(cues)s cues."), { name, cues }));
  }

  /** @param {HTMLSelectElement} field */
  async #updateFile(field) {
    const row = /** @type {HTMLElement|null} */ (field.closest("[data-file-id]"));
    if (!row) {
      return;
    }
    const id = row.dataset.fileId ?? "";
    const changed = await this.#try("file-problem", row, async () => {
      await updateSubtitleFile(id, { [field.name]: field.value });
    });
    if (changed) {
      await this.#refresh();
      const renewed = this.querySelector(`[data-file-id="${id}"] select[name="${field.name}"]`);
      /** @type {HTMLElement|null} */ (renewed)?.focus();
    } else {
      const before = Array.from(field.options).find((option) => option.defaultSelected);
      field.value = before?.value ?? field.value;
    }
  }

  /**
   * @param {string} place name of the part that shows an error
   * @param {HTMLElement} root
   * @param {() => Promise<void>} work
   * @returns {Promise<boolean>} whether it succeeded
   */
  async #try(place, root, work) {
    setText(root, place, "");
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      const { message, remedy } = errorText(error.failure);
      setText(root, place, `${message} ${remedy}`.trim());
      return false;
    }
  }

  /** Fetch the list, the player's tracks and the edits' choices again. */
  async #refresh() {
    const fresh = await fetchCurrentPage();
    if (!fresh || !this.isConnected) {
      return;
    }
    const files = part(this, "files");
    const freshFiles = part(fresh, "files");
    if (files && freshFiles) {
      replaceElement(files, freshFiles);
    }
    replaceTracks(fresh);
    for (const field of fresh.querySelectorAll("operation-form [data-field=subtitles]")) {
      const old = document.getElementById(field.id);
      if (old) {
        replaceChoices(old, field);
      }
    }
  }
}

/**
 * Replace only the player's tracks, so that it keeps playing. A new track is shown at once.
 *
 * @param {Document} fresh
 */
function replaceTracks(fresh) {
  const player = document.querySelector("video");
  const present = new Map(Array.from(player?.querySelectorAll("track") ?? [], (track) => [track.outerHTML, track]));
  const required = Array.from(fresh.querySelectorAll("video track"));
  const kept = new Set(required.map((track) => track.outerHTML));
  present.forEach((track, html) => {
    if (!kept.has(html)) {
      track.remove();
    }
  });
  for (const track of required.filter(({ outerHTML }) => !present.has(outerHTML))) {
    const added = document.importNode(track, true);
    player?.append(added);
    if (added instanceof HTMLTrackElement) {
      added.track.mode = "showing";
    }
  }
}

/**
 * Replace the choices of a field; the selection is kept.
 *
 * @param {HTMLElement} old
 * @param {Element} fresh
 */
function replaceChoices(old, fresh) {
  const chosen = new Set(
    Array.from(old.querySelectorAll("input:checked, option:checked"), (choice) => choice.getAttribute("value")),
  );
  const choices = fresh.querySelectorAll("input, option");
  if (Array.from(choices).some((choice) => chosen.has(choice.getAttribute("value")))) {
    for (const choice of choices) {
      const attribute = choice instanceof HTMLOptionElement ? "selected" : "checked";
      choice.toggleAttribute(attribute, chosen.has(choice.getAttribute("value")));
    }
  }
  replaceElement(old, fresh);
}

customElements.define("subtitle-files", SubtitleFiles);

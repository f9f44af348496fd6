// @ts-check
import { announce, part, show } from "../shared/dom.js";
import { failureWords } from "../../api/error-text.js";
import { ApiError } from "../../api/http.js";
import { gettext, interpolate } from "../../i18n.js";
import { page } from "../../live/page.js";
import { freshPage, replace } from "../shared/page-refresh.js";
import { attachSubtitles, changeSubtitles, isSubtitleFile } from "../../api/subtitles.js";

/**
 * The subtitle files of a video: added by choosing or dropping, read anew by another encoding. What
 * other parts of the page show of them (the player's tracks, the choices of edits) follows.
 */
export class SubtitleFiles extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {Promise<void>} what was chosen before: files keep the order in which they were chosen */
  #before = Promise.resolve();

  connectedCallback() {
    this.#unwatch = page().watch(this.#videoId);
    page().live.addEventListener("event", this.#heard);
    this.addEventListener("change", this.#change);
    window.addEventListener("dragover", this.#over);
    window.addEventListener("dragleave", this.#leave);
    window.addEventListener("drop", this.#dropped);
  }

  disconnectedCallback() {
    this.#unwatch?.();
    page().live.removeEventListener("event", this.#heard);
    this.removeEventListener("change", this.#change);
    window.removeEventListener("dragover", this.#over);
    window.removeEventListener("dragleave", this.#leave);
    window.removeEventListener("drop", this.#dropped);
  }

  get #videoId() {
    return this.dataset.videoId ?? "";
  }

  /** @param {Event} event */
  #heard = (event) => {
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
      void this.#read(field);
    }
  };

  /** @param {DragEvent} event */
  #over = (event) => {
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
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
      void this.#add(Array.from(event.dataTransfer.files));
    }
  };

  /** @param {File[]} files */
  #add(files) {
    const next = () => this.#attachAll(files);
    this.#before = this.#before.then(next, next);
    return this.#before;
  }

  /** @param {File[]} files */
  async #attachAll(files) {
    show(this, "problem", "");
    for (const file of files) {
      if (isSubtitleFile(file)) {
        await this.#try("problem", this, () => this.#attach(file));
      } else {
        show(this, "problem", gettext("This is no subtitle file. Videos are added in the library."));
      }
    }
    await this.#refresh();
  }

  /** @param {File} file */
  async #attach(file) {
    const { name, cues } = await attachSubtitles(this.#videoId, file);
    announce(interpolate(gettext("%(name)s was added: %(cues)s cues."), { name, cues }));
  }

  /** @param {HTMLSelectElement} field */
  async #read(field) {
    const row = /** @type {HTMLElement|null} */ (field.closest("[data-file-id]"));
    if (!row) {
      return;
    }
    const id = row.dataset.fileId ?? "";
    const changed = await this.#try("file-problem", row, async () => {
      await changeSubtitles(id, { [field.name]: field.value });
    });
    if (changed) {
      await this.#refresh();
      const again = this.querySelector(`[data-file-id="${id}"] select[name="${field.name}"]`);
      /** @type {HTMLElement|null} */ (again)?.focus();
    } else {
      const before = Array.from(field.options).find((option) => option.defaultSelected);
      field.value = before?.value ?? field.value;
    }
  }

  /**
   * @param {string} place where what went wrong is said
   * @param {HTMLElement} root
   * @param {() => Promise<void>} work
   * @returns {Promise<boolean>} whether it went well
   */
  async #try(place, root, work) {
    show(root, place, "");
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      const { sentence, remedy } = failureWords(error.failure);
      show(root, place, `${sentence} ${remedy}`.trim());
      return false;
    }
  }

  /** Bring the list, the player's tracks and the edits' choices up to the server's state. */
  async #refresh() {
    const fresh = await freshPage();
    if (!fresh || !this.isConnected) {
      return;
    }
    const files = part(this, "files");
    const freshFiles = part(fresh, "files");
    if (files && freshFiles) {
      replace(files, freshFiles);
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
 * The player keeps playing; only its tracks change. A new one is shown at once.
 *
 * @param {Document} fresh
 */
function replaceTracks(fresh) {
  const player = document.querySelector("video");
  const there = new Map(Array.from(player?.querySelectorAll("track") ?? [], (track) => [track.outerHTML, track]));
  const wanted = Array.from(fresh.querySelectorAll("video track"));
  const kept = new Set(wanted.map((track) => track.outerHTML));
  there.forEach((track, html) => {
    if (!kept.has(html)) {
      track.remove();
    }
  });
  for (const track of wanted.filter(({ outerHTML }) => !there.has(outerHTML))) {
    const added = document.importNode(track, true);
    player?.append(added);
    if (added instanceof HTMLTrackElement) {
      added.track.mode = "showing";
    }
  }
}

/**
 * New choices in the place of old ones; what was chosen stays chosen.
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
      const word = choice instanceof HTMLOptionElement ? "selected" : "checked";
      choice.toggleAttribute(word, chosen.has(choice.getAttribute("value")));
    }
  }
  replace(old, fresh);
}

customElements.define("subtitle-files", SubtitleFiles);

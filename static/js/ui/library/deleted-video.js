// @ts-check
import { deleted, restored } from "../../state/changes.js";
import { kindOf } from "../../api/deletion.js";
import { focusFirst, show } from "../shared/dom.js";
import { gettext } from "../../i18n.js";
import { page } from "../../live/page.js";
import { isDeleted } from "../../state/selectors.js";
import { offerUndo } from "./undo-notice.js";

/** @import { State } from "../../state/state.js" */

/** Stands in for a video's page, the element `data-page`, while the video is deleted. */
export class DeletedVideo extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch(this.#videoId);
    if (isDeleted(store.state, this.#videoId)) {
      this.#appear(true);
    }
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#changed);
    this.#unwatch?.();
  }

  get #videoId() {
    return this.dataset.videoId ?? "";
  }

  get #page() {
    return document.getElementById(this.dataset.page ?? "");
  }

  /** @param {Event} event */
  #changed = (event) => {
    const { before, after } = /** @type {{before: State, after: State}} */ (
      /** @type {CustomEvent} */ (event).detail
    );
    if (deleted(before, after).includes(this.#videoId)) {
      this.#appear(true);
    } else if (restored(before, after).includes(this.#videoId)) {
      this.#appear(false);
    }
  };

  /** Whether a film is gone, and not only an upload that was given up. */
  get #wasVideo() {
    return !this.#page?.querySelector(".arriving");
  }

  get #sentence() {
    return this.#wasVideo ? gettext("This video was deleted.") : gettext("The upload was cancelled.");
  }

  /** Whoever deleted it in another window is asked there; this window asks too. */
  #offerUndo() {
    const { undoSeconds } = page().store.state.videos[this.#videoId] ?? {};
    if (undoSeconds && this.#wasVideo) {
      const thing = { kind: kindOf("video"), ids: [this.#videoId], name: this.dataset.name ?? "" };
      offerUndo(thing, { deadline: Date.now() + 1000 * undoSeconds, focus: false, back: ["main"] });
    }
  }

  /** @param {boolean} gone */
  #appear(gone) {
    const leaving = this.#page?.querySelector("delete-button[data-next][data-busy]");
    if (gone && leaving) {
      return;
    }
    const old = gone ? this.#page : this;
    const focused = old?.contains(document.activeElement);
    this.#page?.querySelector("video")?.pause();
    this.#page?.toggleAttribute("hidden", gone);
    this.hidden = !gone;
    show(this, "gone-sentence", gone ? this.#sentence : "");
    if (gone) {
      this.#offerUndo();
    }
    if (focused) {
      focusFirst(gone ? ["deleted-video [data-part=gone-title]"] : ["main"]);
    }
  }
}

customElements.define("deleted-video", DeletedVideo);

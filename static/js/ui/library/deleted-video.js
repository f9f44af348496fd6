// @ts-check
import { deletableKind } from "../../api/deletion.js";
import { gettext } from "../../i18n.js";
import { page } from "../../live/page.js";
import { deletedVideos, restoredVideos } from "../../state/changes.js";
import { isDeleted } from "../../state/selectors.js";
import { focusFirst, setText } from "../shared/dom.js";
import { offerUndo } from "./undo-notice.js";

/** @import { State } from "../../state/state.js" */

/** Shown in place of a video's page, the element `data-page`, while the video is deleted. */
export class DeletedVideo extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch(this.#videoId);
    if (isDeleted(store.state, this.#videoId)) {
      this.#setDeleted(true);
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
    if (deletedVideos(before, after).includes(this.#videoId)) {
      this.#setDeleted(true);
    } else if (restoredVideos(before, after).includes(this.#videoId)) {
      this.#setDeleted(false);
    }
  };

  /** Whether a video was deleted, and not an upload that was cancelled. */
  get #wasVideo() {
    return !this.#page?.querySelector(".arriving");
  }

  get #message() {
    return this.#wasVideo ? gettext("This video was deleted.") : gettext("The upload was cancelled.");
  }

  /** Offer to undo the deletion in this window too, where it happened in another one. */
  #offerUndo() {
    const { undoSeconds } = page().store.state.videos[this.#videoId] ?? {};
    if (undoSeconds && this.#wasVideo) {
      const target = { kind: deletableKind("video"), ids: [this.#videoId], name: this.dataset.name ?? "" };
      offerUndo(target, { deadline: Date.now() + 1000 * undoSeconds, focus: false, back: ["main"] });
    }
  }

  /** @param {boolean} isGone */
  #setDeleted(isGone) {
    const leaving = this.#page?.querySelector("delete-button[data-next][data-busy]");
    if (isGone && leaving) {
      return;
    }
    const old = isGone ? this.#page : this;
    const focused = old?.contains(document.activeElement);
    this.#page?.querySelector("video")?.pause();
    this.#page?.toggleAttribute("hidden", isGone);
    this.hidden = !isGone;
    setText(this, "deleted-message", isGone ? this.#message : "");
    if (isGone) {
      this.#offerUndo();
    }
    if (focused) {
      focusFirst(isGone ? ["deleted-video [data-part=deleted-title]"] : ["main"]);
    }
  }
}

customElements.define("deleted-video", DeletedVideo);

// @ts-check
import { page } from "../../live/page.js";
import { deletedVideos, endedTasks, processedVideos, restoredVideos, videoIds } from "../../state/changes.js";
import { isDeleted } from "../../state/selectors.js";
import { focusFirst } from "../shared/dom.js";
import { fetchCurrentPage, replaceElement } from "../shared/page-refresh.js";

/** @import { State } from "../../state/state.js" */

/**
 * The user's videos. Cards are added, hidden and updated without a reload.
 */
export class VideoGrid extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {Set<string>} */
  #seen = new Set();
  /** Whether the connection was lost since the last snapshot, so that events may have been missed. */
  #missed = false;

  connectedCallback() {
    this.#seen = new Set(this.#items.keys());
    page().store.addEventListener("change", this.#changed);
    page().live.addEventListener("status", this.#status);
    this.#unwatch = page().watch("*");
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#changed);
    page().live.removeEventListener("status", this.#status);
    this.#unwatch?.();
  }

  get #items() {
    const items = /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("li[data-video-id]"));
    return new Map(Array.from(items, (item) => [item.dataset.videoId ?? "", item]));
  }

  #status = () => {
    this.#missed ||= page().live.state === "disconnected";
  };

  /** @param {Event} event */
  #changed = (event) => {
    const { before, after } = /** @type {{before: State, after: State}} */ (
      /** @type {CustomEvent} */ (event).detail
    );
    const unseen = Array.from(videoIds(after)).filter((id) => !this.#seen.has(id));
    unseen.forEach((id) => this.#seen.add(id));
    this.#hideDeleted();
    if (unseen.length || this.#isBehind(before, after)) {
      this.#missed = false;
      void this.#update();
    }
  };

  /**
   * @param {State} before
   * @param {State} after
   * @returns {boolean} whether the server would render other cards, or other content in them
   */
  #isBehind(before, after) {
    if (before.loaded.length === 0) {
      return false;
    }
    const items = this.#items;
    const isMissingCard = restoredVideos(before, after).some((id) => !items.has(id));
    const isEmptied = deletedVideos(before, after).length > 0 && [...items.values()].every(({ hidden }) => hidden);
    const hasReconnected = this.#missed && page().live.connected && before.loaded !== after.loaded;
    return isMissingCard || isEmptied || hasReconnected || processedVideos(before, after).length > 0 || endedTasks(before, after, "*").length > 0;
  }

  /** Hide the cards of deleted videos, which may be restored; the next card takes the focus. */
  #hideDeleted() {
    const { state } = page().store;
    for (const [id, item] of this.#items) {
      const isHidden = isDeleted(state, id);
      if (isHidden !== item.hidden) {
        const focused = item.contains(document.activeElement);
        item.hidden = isHidden;
        if (focused) {
          focusFirst([`li[data-video-id="${id}"] ~ li:not([hidden]) a`, "video-grid a", "main"]);
        }
      }
    }
  }

  async #update() {
    const fresh = (await fetchCurrentPage())?.getElementById(this.id);
    const freshList = fresh?.querySelector("ul");
    const list = this.querySelector("ul");
    if (list && freshList) {
      const focused = /** @type {HTMLElement|null} */ (document.activeElement);
      const item = /** @type {HTMLElement|null|undefined} */ (focused?.closest("li[data-video-id]"));
      list.replaceChildren(...this.#merge(freshList));
      this.#hideDeleted();
      if (item && document.activeElement !== focused) {
        focused?.isConnected ? focused.focus() : focusFirst([`li[data-video-id="${item.dataset.videoId}"] a`, "main"]);
      }
    } else if (fresh) {
      replaceElement(this, fresh);
    }
  }

  /**
   * @param {Element} freshList
   * @returns {Element[]} the fetched cards; the present ones where they are the same, to avoid flicker,
   *   and the hidden ones of deleted videos
   */
  #merge(freshList) {
    const items = this.#items;
    const merged = Array.from(freshList.children, (item) => {
      const { videoId, version } = /** @type {HTMLElement} */ (item).dataset;
      const old = items.get(videoId ?? "");
      return old && old.dataset.version === version ? old : document.importNode(item, true);
    });
    const idOf = (/** @type {Element|null} */ item) => item?.getAttribute("data-video-id");
    for (const [id, item] of items) {
      if (isDeleted(page().store.state, id) && !merged.some((each) => idOf(each) === id)) {
        const before = merged.findIndex((each) => idOf(each) === idOf(item.previousElementSibling));
        merged.splice(before + 1, 0, item);
      }
    }
    return merged;
  }
}

customElements.define("video-grid", VideoGrid);

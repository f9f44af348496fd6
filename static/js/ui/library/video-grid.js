// @ts-check
import { deleted, ended, restored, settled, videosOf } from "../../state/changes.js";
import { focusFirst } from "../shared/dom.js";
import { page } from "../../live/page.js";
import { freshPage, replace } from "../shared/page-refresh.js";
import { isDeleted } from "../../state/selectors.js";

/** @import { State } from "../../state/state.js" */

/**
 * The user's videos. New ones appear, deleted ones vanish, and cards get their poster, without a
 * reload.
 */
export class VideoGrid extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {Set<string>} */
  #seen = new Set();
  /** Whether the line was cut since the last snapshot, so that something may have been missed. */
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
    const unseen = Array.from(videosOf(after)).filter((id) => !this.#seen.has(id));
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
   * @returns {boolean} whether the server would show other cards, or the same in another way
   */
  #isBehind(before, after) {
    if (before.heard.length === 0) {
      return false;
    }
    const items = this.#items;
    const lacking = restored(before, after).some((id) => !items.has(id));
    const emptied = deleted(before, after).length > 0 && [...items.values()].every(({ hidden }) => hidden);
    const caughtUp = this.#missed && page().live.connected && before.heard !== after.heard;
    return lacking || emptied || caughtUp || settled(before, after).length > 0 || ended(before, after, "*").length > 0;
  }

  /** A deleted video's card waits for its restoration unseen; its neighbour takes the focus. */
  #hideDeleted() {
    const { state } = page().store;
    for (const [id, item] of this.#items) {
      const gone = isDeleted(state, id);
      if (gone !== item.hidden) {
        const focused = item.contains(document.activeElement);
        item.hidden = gone;
        if (focused) {
          focusFirst([`li[data-video-id="${id}"] ~ li:not([hidden]) a`, "video-grid a", "main"]);
        }
      }
    }
  }

  async #update() {
    const fresh = (await freshPage())?.getElementById(this.id);
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
      replace(this, fresh);
    }
  }

  /**
   * @param {Element} freshList
   * @returns {Element[]} the server's cards; ours where they are the same, so that nothing blinks, and
   *   those that wait for their restoration
   */
  #merge(freshList) {
    const items = this.#items;
    const merged = Array.from(freshList.children, (item) => {
      const { videoId, stamp } = /** @type {HTMLElement} */ (item).dataset;
      const old = items.get(videoId ?? "");
      return old && old.dataset.stamp === stamp ? old : document.importNode(item, true);
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

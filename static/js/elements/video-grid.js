// @ts-check
import { ended, videosOf } from "../lib/changes.js";
import { page } from "../lib/page.js";
import { freshPage, replace } from "../lib/refresh.js";

/** The user's videos. New ones appear, and cards get their poster, without a reload. */
export class VideoGrid extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {Set<string>} */
  #seen = new Set();

  connectedCallback() {
    this.#seen = new Set(this.#items.keys());
    page().store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch("*");
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#changed);
    this.#unwatch?.();
  }

  get #items() {
    const items = /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("li[data-video-id]"));
    return new Map(Array.from(items, (item) => [item.dataset.videoId ?? "", item]));
  }

  /** @param {Event} event */
  #changed = (event) => {
    const { before, after } = /** @type {CustomEvent} */ (event).detail;
    const unseen = Array.from(videosOf(after)).filter((id) => !this.#seen.has(id));
    unseen.forEach((id) => this.#seen.add(id));
    const first = before.heard.length === 0;
    if (unseen.length || (!first && ended(before, after, "*").length)) {
      void this.#update();
    }
  };

  async #update() {
    const fresh = (await freshPage())?.getElementById(this.id);
    const freshList = fresh?.querySelector("ul");
    const list = this.querySelector("ul");
    if (list && freshList) {
      list.replaceChildren(...this.#merge(freshList));
    } else if (fresh) {
      replace(this, fresh);
    }
  }

  /**
   * @param {Element} freshList
   * @returns {Element[]} the server's cards; ours where they are the same, so that nothing blinks
   */
  #merge(freshList) {
    const items = this.#items;
    return Array.from(freshList.children, (item) => {
      const { videoId, stamp } = /** @type {HTMLElement} */ (item).dataset;
      const old = items.get(videoId ?? "");
      return old && old.dataset.stamp === stamp ? old : document.importNode(item, true);
    });
  }
}

customElements.define("video-grid", VideoGrid);

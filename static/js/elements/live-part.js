// @ts-check
import { ended, moved } from "../lib/changes.js";
import { page } from "../lib/page.js";
import { refresh } from "../lib/refresh.js";
import { NOTHING } from "../lib/store.js";

/** @import { State } from "../lib/store.js" */

/** What parts of this page have already been brought up to date for. */
const answered = /** @type {Set<string>} */ (new Set());

/**
 * A part of the page that the server renders anew when tasks of its video end
 * (`data-when="ends"`) or change their status (`data-when="moves"`). `data-known` names the ended
 * tasks that the part shows already; `data-housekeeping` makes it look at the server's own tasks too.
 */
export class LivePart extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch(this.#videoId);
    if (this.dataset.when === "ends") {
      this.#consider(NOTHING, store.state);
    }
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#changed);
    this.#unwatch?.();
  }

  get #videoId() {
    return this.dataset.videoId ?? "*";
  }

  /** @param {Event} event */
  #changed = (event) => {
    const { before, after } = /** @type {CustomEvent} */ (event).detail;
    const first = before.heard.length === 0;
    if (this.dataset.when === "ends" || !first) {
      this.#consider(before, after);
    }
  };

  /**
   * @param {State} before
   * @param {State} after
   */
  #consider(before, after) {
    const find = this.dataset.when === "ends" ? ended : moved;
    const known = new Set(this.dataset.known?.split(/\s+/));
    const news = find(before, after, this.#videoId)
      .filter((task) => !known.has(task.id))
      .filter((task) => "housekeeping" in this.dataset || !task.housekeeping)
      .map((task) => `${this.id} ${task.id} ${task.status} ${task.seq}`)
      .filter((key) => !answered.has(key));
    if (news.length) {
      news.forEach((key) => answered.add(key));
      void refresh(this);
    }
  }
}

customElements.define("live-part", LivePart);

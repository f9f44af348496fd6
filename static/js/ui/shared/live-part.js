// @ts-check
import { ended, moved, resulted } from "../../state/changes.js";
import { page } from "../../live/page.js";
import { refresh } from "./page-refresh.js";
import { NOTHING } from "../../state/state.js";

/** @import { State } from "../../state/state.js" */

/** @type {Record<string, typeof moved>} which tasks are news, by `data-when` */
const FINDERS = { ends: ended, results: resulted, moves: moved };

/** What parts of this page have already been brought up to date for. */
const answered = /** @type {Set<string>} */ (new Set());

/**
 * A part of the page that the server renders anew when tasks of its video end
 * (`data-when="ends"`), end or have other results than before (`data-when="results"`), or change
 * their status (`data-when="moves"`). `data-known` names the ended tasks that the part shows already,
 * each with the number of its results; `data-housekeeping` makes it look at the server's own tasks too.
 */
export class LivePart extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch(this.#videoId);
    if (this.dataset.when !== "moves") {
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
    if (this.dataset.when !== "moves" || !first) {
      this.#consider(before, after);
    }
  };

  /**
   * @param {State} before
   * @param {State} after
   */
  #consider(before, after) {
    const find = FINDERS[this.dataset.when ?? ""] ?? moved;
    const known = new Set(this.dataset.known?.split(/\s+/));
    const news = find(before, after, this.#videoId)
      .filter((task) => !known.has(`${task.id}:${task.outputs.length}`))
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

// @ts-check
import { page } from "../../live/page.js";
import { endedTasks, tasksWithNewOutputs, tasksWithNewStatus } from "../../state/changes.js";
import { EMPTY_STATE } from "../../state/state.js";
import { refreshElement } from "./page-refresh.js";

/** @import { State } from "../../state/state.js" */

/** @type {Record<string, typeof endedTasks>} finds the tasks to refresh for, by `data-refresh-on` */
const FINDERS = { end: endedTasks, outputs: tasksWithNewOutputs, status: tasksWithNewStatus };

/** The changes for which a part of this page has been refreshed. */
const handled = /** @type {Set<string>} */ (new Set());

/**
 * A part of the page that is fetched again when tasks of its video end (`data-refresh-on="end"`), end
 * or get other outputs (`"outputs"`), or change their status (`"status"`). `data-known` lists the ended
 * tasks that the part already shows, each with the number of its outputs; with `data-housekeeping` the
 * server's own tasks count too.
 */
export class LivePart extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch(this.#videoId);
    if (this.dataset.refreshOn !== "status") {
      this.#refreshOnChange(EMPTY_STATE, store.state);
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
    const isFirstSnapshot = before.loaded.length === 0;
    if (this.dataset.refreshOn !== "status" || !isFirstSnapshot) {
      this.#refreshOnChange(before, after);
    }
  };

  /**
   * @param {State} before
   * @param {State} after
   */
  #refreshOnChange(before, after) {
    const find = FINDERS[this.dataset.refreshOn ?? ""] ?? tasksWithNewStatus;
    const known = new Set(this.dataset.known?.split(/\s+/));
    const changes = find(before, after, this.#videoId)
      .filter((task) => !known.has(`${task.id}:${task.outputs.length}`))
      .filter((task) => "housekeeping" in this.dataset || !task.housekeeping)
      .map((task) => `${this.id} ${task.id} ${task.status} ${task.seq}`)
      .filter((key) => !handled.has(key));
    if (changes.length) {
      changes.forEach((key) => handled.add(key));
      void refreshElement(this);
    }
  }
}

customElements.define("live-part", LivePart);

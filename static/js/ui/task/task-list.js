// @ts-check
import { page } from "../../live/page.js";
import { removedTasks } from "../../state/changes.js";
import { isDeleted, isLoaded, taskOf, tasksOf } from "../../state/selectors.js";
import { EMPTY_STATE } from "../../state/state.js";
import { cloneTemplate, setVisible } from "../shared/dom.js";
import { TaskCard } from "./task-card.js";

/** @import { State } from "../../state/state.js" */
/** @import { TaskState } from "../../api/types.js" */

/**
 * The tasks of one video, or of all ("*"), newest first. Cards rendered by the server are kept and
 * updated. With `data-status` only new tasks of that status are added; `data-max` limits the number of
 * cards, beyond which no older task is added (0: none at all).
 */
export class TaskList extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch(this.#videoId);
    if (isLoaded(store.state, this.#videoId)) {
      this.#render(EMPTY_STATE, store.state);
    }
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#changed);
    this.#unwatch?.();
  }

  get #videoId() {
    return this.dataset.videoId ?? "*";
  }

  /** @returns {TaskCard[]} */
  get #cards() {
    return Array.from(this.querySelectorAll("task-card")).filter((card) => card instanceof TaskCard);
  }

  /** @param {Event} event */
  #changed = (event) => {
    const { before, after } = /** @type {CustomEvent} */ (event).detail;
    this.#render(before, after);
  };

  /**
   * @param {State} before
   * @param {State} after
   */
  #render(before, after) {
    const cards = new Map(this.#cards.map((card) => [card.taskId, card]));
    for (const task of tasksOf(after, this.#videoId)) {
      if (task !== taskOf(before, task.id)) {
        (cards.get(task.id) ?? this.#insert(task))?.update(task);
      }
    }
    for (const { id } of removedTasks(before, after, this.#videoId)) {
      cards.get(id)?.parentElement?.remove();
    }
    for (const card of this.#cards) {
      card.parentElement?.toggleAttribute("hidden", isDeleted(after, card.videoId));
    }
    setVisible(this, "empty", this.#cards.every((card) => card.parentElement?.hidden));
  }

  /**
   * @param {TaskState} task
   * @returns {TaskCard|null} null where the task does not belong in this list
   */
  #insert(task) {
    const { status, max } = this.dataset;
    const isFull = this.#cards.length >= Number(max || Infinity);
    const oldest = this.#cards.at(-1)?.dataset.created ?? "";
    if (max === "0" || (isFull && task.createdAt < oldest)) {
      return null;
    }
    if (task.housekeeping || (status && status !== task.status)) {
      return null;
    }
    const item = cloneTemplate(this.querySelector("template"));
    const older = this.#cards.find((card) => (card.dataset.created ?? "") < task.createdAt);
    const list = this.querySelector("ul");
    list?.insertBefore(item, older?.parentElement ?? null);
    const card = item.querySelector("task-card");
    return card instanceof TaskCard ? card : null;
  }
}

customElements.define("task-list", TaskList);

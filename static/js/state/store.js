// @ts-check
import { reduce } from "./reducer.js";
import { EMPTY_STATE } from "./state.js";

/** @import { ServerEvent } from "../api/types.js" */
/** @import { State } from "./state.js" */

/** Holds the state; dispatches `change` (a `CustomEvent` with `before` and `after`) when it changed. */
export class Store extends EventTarget {
  /** @type {State} */
  #state = EMPTY_STATE;

  get state() {
    return this.#state;
  }

  /**
   * Apply every event that the source dispatches as `event`.
   *
   * @param {EventTarget} source
   */
  follow(source) {
    source.addEventListener("event", (event) => {
      this.apply(/** @type {CustomEvent} */ (event).detail);
    });
  }

  /** @param {ServerEvent} event */
  apply(event) {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state !== before) {
      this.dispatchEvent(new CustomEvent("change", { detail: { before, after: this.#state } }));
    }
  }
}

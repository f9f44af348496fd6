// @ts-check
import { deletableKind, deleteAll, markDeleted } from "../../api/deletion.js";
import { ApiError } from "../../api/http.js";
import { gettext, interpolate } from "../../i18n.js";
import { offerUndo, showDeletionError } from "./undo-notice.js";

/** @import { Deletable } from "../../api/deletion.js" */

/**
 * @param {Element|null} previous what had the focus before
 * @returns {boolean} whether the user has not moved the focus since
 */
function isFocusUnmoved(previous) {
  return document.activeElement === previous || document.activeElement === document.body;
}

/**
 * Deletes what `data-kind` and `data-ids` name without confirmation, and offers to undo it: on this page,
 * or on the page `data-next`, rendered by the server. `data-back` is the selector of what takes the focus
 * afterwards.
 */
export class DeleteButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this.#submit);
    const { ids, name } = this.#target;
    if (ids.length > 1) {
      const label = gettext("Delete %(name)s and %(count)s individual files");
      this.#button?.setAttribute("aria-label", interpolate(label, { name, count: ids.length - 1 }));
    }
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#submit);
  }

  /** @returns {Deletable} */
  get #target() {
    const { kind, ids = "", name = "" } = this.dataset;
    return { kind: deletableKind(kind), ids: ids.split(" ").filter(Boolean), name };
  }

  get #button() {
    return this.querySelector("button");
  }

  /** @param {SubmitEvent} event */
  #submit = async (event) => {
    event.preventDefault();
    if ("busy" in this.dataset) {
      return;
    }
    this.dataset.busy = "";
    try {
      await (this.dataset.next ? this.#deleteAndLeave(this.dataset.next) : this.#deleteInPlace());
    } catch (error) {
      delete this.dataset.busy;
      if (!(error instanceof ApiError)) {
        throw error;
      }
      showDeletionError(this.#target, error.failure);
    }
  };

  /** @param {string} next address of the page to go to */
  async #deleteAndLeave(next) {
    await deleteAll(this.#target);
    location.replace(`${next}?deleted=${this.#target.ids[0]}`);
  }

  async #deleteInPlace() {
    const target = this.#target;
    const focused = this.contains(document.activeElement);
    const back = this.#focusTargets();
    const requestedAt = Date.now();
    this.#setPresent(target, false);
    const previous = document.activeElement;
    try {
      const seconds = await deleteAll(target);
      const focus = focused && isFocusUnmoved(previous);
      offerUndo(target, { deadline: requestedAt + 1000 * seconds, focus, back });
      delete this.dataset.busy;
    } catch (error) {
      this.#setPresent(target, true);
      if (focused && isFocusUnmoved(previous)) {
        this.#button?.focus();
      }
      throw error;
    }
  }

  /** What takes the focus when the notice is removed: the neighbouring item, or `data-back`. */
  #focusTargets() {
    const item = this.closest("li");
    const beside = /** @type {HTMLElement|null|undefined} */ (item?.nextElementSibling ?? item?.previousElementSibling);
    const neighbour = beside?.dataset.videoId ? [`li[data-video-id="${beside.dataset.videoId}"] a`] : [];
    return [...neighbour, ...(this.dataset.back ? [this.dataset.back] : [])];
  }

  /**
   * @param {Deletable} target
   * @param {boolean} isPresent
   */
  #setPresent(target, isPresent) {
    const item = this.closest("li");
    if (target.kind !== "video" && item) {
      item.hidden = !isPresent;
    }
    markDeleted(target, !isPresent);
  }
}

customElements.define("delete-button", DeleteButton);

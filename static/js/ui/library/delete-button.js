// @ts-check
import { kindOf, remove, suppose } from "../../api/deletion.js";
import { ApiError } from "../../api/http.js";
import { gettext, interpolate } from "../../i18n.js";
import { offerUndo, refuse } from "./undo-notice.js";

/** @import { Deletable } from "../../api/deletion.js" */

/**
 * @param {Element|null} resting what had the focus a moment ago
 * @returns {boolean} whether the person has not moved on since
 */
function isLeft(resting) {
  return document.activeElement === resting || document.activeElement === document.body;
}

/**
 * Deletes at once what `data-kind` and `data-ids` name, and offers to undo it: on this page, or on
 * the page `data-next`, where the server does. `data-back` finds what takes the focus afterwards.
 */
export class DeleteButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this.#submit);
    const { ids, name } = this.#thing;
    if (ids.length > 1) {
      const words = gettext("Delete %(name)s and %(count)s single files");
      this.#button?.setAttribute("aria-label", interpolate(words, { name, count: ids.length - 1 }));
    }
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#submit);
  }

  /** @returns {Deletable} */
  get #thing() {
    const { kind, ids = "", name = "" } = this.dataset;
    return { kind: kindOf(kind), ids: ids.split(" ").filter(Boolean), name };
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
      await (this.dataset.next ? this.#leave(this.dataset.next) : this.#vanish());
    } catch (error) {
      delete this.dataset.busy;
      if (!(error instanceof ApiError)) {
        throw error;
      }
      refuse(this.#thing, error.failure);
    }
  };

  /** @param {string} next address of the page to go to */
  async #leave(next) {
    await remove(this.#thing);
    location.replace(`${next}?deleted=${this.#thing.ids[0]}`);
  }

  async #vanish() {
    const thing = this.#thing;
    const focused = this.contains(document.activeElement);
    const back = this.#places();
    const asked = Date.now();
    this.#show(thing, false);
    const resting = document.activeElement;
    try {
      const seconds = await remove(thing);
      const focus = focused && isLeft(resting);
      offerUndo(thing, { deadline: asked + 1000 * seconds, focus, back });
      delete this.dataset.busy;
    } catch (error) {
      this.#show(thing, true);
      if (focused && isLeft(resting)) {
        this.#button?.focus();
      }
      throw error;
    }
  }

  /** Where the focus goes when all is over: to the item beside this one, or where the page says. */
  #places() {
    const item = this.closest("li");
    const beside = /** @type {HTMLElement|null|undefined} */ (item?.nextElementSibling ?? item?.previousElementSibling);
    const neighbour = beside?.dataset.videoId ? [`li[data-video-id="${beside.dataset.videoId}"] a`] : [];
    return [...neighbour, ...(this.dataset.back ? [this.dataset.back] : [])];
  }

  /**
   * @param {Deletable} thing
   * @param {boolean} there
   */
  #show(thing, there) {
    const item = this.closest("li");
    if (thing.kind !== "video" && item) {
      item.hidden = !there;
    }
    suppose(thing, !there);
  }
}

customElements.define("delete-button", DeleteButton);

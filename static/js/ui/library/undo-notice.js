// @ts-check
import { kindOf, restore, suppose } from "../../api/deletion.js";
import { announce, focusFirst, part, show, stamp, toggle } from "../shared/dom.js";
import { failureWords } from "../../api/error-text.js";
import { shortName } from "../../format.js";
import { ApiError } from "../../api/http.js";
import { gettext, interpolate } from "../../i18n.js";

/** @import { Deletable } from "../../api/deletion.js" */
/** @import { Failure } from "../../api/types.js" */

const TICK_MS = 250;

/**
 * @typedef {object} Offer
 * @property {number} deadline until when it can be undone, milliseconds since 1970
 * @property {boolean} focus whether the offer takes the focus
 * @property {string[]} back selectors of what takes the focus when the offer is gone, the best first
 */

/**
 * Says that something was deleted and, while the server allows it, offers to undo that. Afterwards
 * the browser goes to the page `data-next`, where there is one.
 */
export class UndoNotice extends HTMLElement {
  #deadline = 0;
  /** @type {string[]} */
  #back = [];
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #ticking;

  connectedCallback() {
    part(this, "undo-form")?.addEventListener("submit", this.#undo);
    part(this, "undo-dismiss")?.addEventListener("click", this.#leave);
    if (this.dataset.seconds) {
      this.#continue(Number(this.dataset.seconds));
    }
  }

  disconnectedCallback() {
    part(this, "undo-form")?.removeEventListener("submit", this.#undo);
    part(this, "undo-dismiss")?.removeEventListener("click", this.#leave);
    clearInterval(this.#ticking);
  }

  /**
   * @param {Deletable} thing
   * @param {Offer} offer
   */
  offer(thing, { deadline, focus, back }) {
    this.#name(thing);
    this.#back = back;
    show(this, "undo-sentence", interpolate(gettext("%(name)s was deleted."), { name: shortName(thing.name) }));
    this.#start(deadline);
    if (focus) {
      part(this, "undo")?.focus();
    }
  }

  /**
   * @param {Deletable} thing
   * @param {Failure} failure why it could not be deleted
   */
  refuse(thing, failure) {
    this.#name(thing);
    this.#complain(gettext("%(name)s could not be deleted. %(sentence)s"), failure);
  }

  /** @param {Deletable} thing */
  #name({ kind, ids, name }) {
    Object.assign(this.dataset, { kind, ids: ids.join(" "), name });
  }

  /** @returns {Deletable} */
  get #thing() {
    const { kind, ids = "", name = "" } = this.dataset;
    return { kind: kindOf(kind), ids: ids.split(" "), name };
  }

  /**
   * The server made this offer with the page. A reload would make it anew, so the address forgets it.
   *
   * @param {number} seconds
   */
  #continue(seconds) {
    this.removeAttribute("data-seconds");
    const address = new URL(location.href);
    for (const name of ["deleted", "deleted_output", "deleted_subtitle"]) {
      address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
    this.#start(performance.timeOrigin + 1000 * seconds);
  }

  /** @param {number} deadline */
  #start(deadline) {
    this.#deadline = deadline;
    clearInterval(this.#ticking);
    this.#ticking = setInterval(this.#tick, TICK_MS);
    this.#tick();
  }

  #tick = () => {
    const seconds = Math.ceil((this.#deadline - Date.now()) / 1000);
    if (seconds <= 0) {
      this.#leave();
    } else {
      show(this, "undo", interpolate(gettext("Undo (%(seconds)s s)"), { seconds }));
    }
  };

  /** @param {Event} event */
  #undo = async (event) => {
    event.preventDefault();
    if ("busy" in this.dataset) {
      return;
    }
    this.dataset.busy = "";
    clearInterval(this.#ticking);
    const thing = this.#thing;
    try {
      await restore(thing);
      suppose(thing, false);
      if (this.dataset.next) {
        location.assign(this.dataset.next);
        return;
      }
      announce(interpolate(gettext("%(name)s was restored."), { name: thing.name }));
      this.#go([`li[data-video-id="${thing.ids[0]}"] a`, ...this.#back]);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.#complain(gettext("%(name)s could not be restored. %(sentence)s"), error.failure);
    }
  };

  /**
   * @param {string} words
   * @param {Failure} failure
   */
  #complain(words, failure) {
    const { sentence } = failureWords(failure);
    const focused = this.contains(document.activeElement);
    toggle(this, "undo-form", false);
    toggle(this, "undo-dismiss", true);
    part(this, "undo-sentence")?.setAttribute("role", "alert");
    show(this, "undo-sentence", interpolate(words, { name: shortName(this.#thing.name), sentence }));
    if (focused) {
      part(this, "undo-dismiss")?.focus();
    }
  }

  /** Go; where the focus was here, a notice beside this one takes it. */
  #leave = () => {
    const others = Array.from(this.parentElement?.querySelectorAll("undo-notice") ?? []);
    const other = others.find((notice) => notice !== this);
    this.#go(other ? ["undo-notice :not([hidden]) > button, undo-notice > button:not([hidden])"] : this.#back);
  };

  /** @param {string[]} places where the focus goes if it was here */
  #go(places) {
    const focused = this.contains(document.activeElement);
    this.remove();
    if (focused) {
      focusFirst([...places, "main"]);
    }
  }
}

/** @returns {UndoNotice|null} a new notice at the end of the others */
function place() {
  const stack = document.getElementById("undo-notices");
  const notice = stack && stamp(stack.querySelector("template"));
  stack?.append(notice ?? "");
  return notice instanceof UndoNotice ? notice : null;
}

/**
 * @param {Deletable} thing that was deleted
 * @param {Offer} offer
 */
export function offerUndo(thing, offer) {
  place()?.offer(thing, offer);
}

/**
 * @param {Deletable} thing that could not be deleted
 * @param {Failure} failure
 */
export function refuse(thing, failure) {
  place()?.refuse(thing, failure);
}

customElements.define("undo-notice", UndoNotice);

// @ts-check
import { deletableKind, markDeleted, restoreAll } from "../../api/deletion.js";
import { errorText } from "../../api/error-text.js";
import { ApiError } from "../../api/http.js";
import { shortName } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { announce, cloneTemplate, focusFirst, part, setText, setVisible } from "../shared/dom.js";

/** @import { Deletable } from "../../api/deletion.js" */
/** @import { Failure } from "../../api/types.js" */

const TICK_MS = 250;

/**
 * @typedef {object} Offer
 * @property {number} deadline until when it can be undone, milliseconds since 1970
 * @property {boolean} focus whether the offer takes the focus
 * @property {string[]} back selectors of what takes the focus when the notice is removed, in order of preference
 */

/**
 * Says what was deleted and, as long as the server allows it, offers to undo it. After an undo the
 * browser opens the page `data-next`, if there is one.
 */
export class UndoNotice extends HTMLElement {
  #deadline = 0;
  /** @type {string[]} */
  #focusTargets = [];
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #timer;

  connectedCallback() {
    part(this, "undo-form")?.addEventListener("submit", this.#undo);
    part(this, "undo-dismiss")?.addEventListener("click", this.#dismiss);
    if (this.dataset.seconds) {
      this.#resumeOffer(Number(this.dataset.seconds));
    }
  }

  disconnectedCallback() {
    part(this, "undo-form")?.removeEventListener("submit", this.#undo);
    part(this, "undo-dismiss")?.removeEventListener("click", this.#dismiss);
    clearInterval(this.#timer);
  }

  /**
   * @param {Deletable} target
   * @param {Offer} offer
   */
  offer(target, { deadline, focus, back }) {
    this.#setTarget(target);
    this.#focusTargets = back;
    setText(this, "undo-message", interpolate(gettext("%(name)s was deleted."), { name: shortName(target.name) }));
    this.#start(deadline);
    if (focus) {
      part(this, "undo")?.focus();
    }
  }

  /**
   * @param {Deletable} target
   * @param {Failure} failure why it could not be deleted
   */
  showDeletionError(target, failure) {
    this.#setTarget(target);
    this.#showError(gettext("%(name)s could not be deleted. %(message)s"), failure);
  }

  /** @param {Deletable} target */
  #setTarget({ kind, ids, name }) {
    Object.assign(this.dataset, { kind, ids: ids.join(" "), name });
  }

  /** @returns {Deletable} */
  get #target() {
    const { kind, ids = "", name = "" } = this.dataset;
    return { kind: deletableKind(kind), ids: ids.split(" "), name };
  }

  /**
   * The server rendered this notice. Remove its query parameter from the address, so that a reload does
   * not repeat it.
   *
   * @param {number} seconds
   */
  #resumeOffer(seconds) {
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
    clearInterval(this.#timer);
    this.#timer = setInterval(this.#tick, TICK_MS);
    this.#tick();
  }

  #tick = () => {
    const seconds = Math.ceil((this.#deadline - Date.now()) / 1000);
    if (seconds <= 0) {
      this.#dismiss();
    } else {
      setText(this, "undo", interpolate(gettext("Undo (%(seconds)s s)"), { seconds }));
    }
  };

  /** @param {Event} event */
  #undo = async (event) => {
    event.preventDefault();
    if ("busy" in this.dataset) {
      return;
    }
    this.dataset.busy = "";
    clearInterval(this.#timer);
    const target = this.#target;
    try {
      await restoreAll(target);
      markDeleted(target, false);
      if (this.dataset.next) {
        location.assign(this.dataset.next);
        return;
      }
      announce(interpolate(gettext("%(name)s was restored."), { name: target.name }));
      this.#close([`li[data-video-id="${target.ids[0]}"] a`, ...this.#focusTargets]);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.#showError(gettext("%(name)s could not be restored. %(message)s"), error.failure);
    }
  };

  /**
   * @param {string} template
   * @param {Failure} failure
   */
  #showError(template, failure) {
    const { message } = errorText(failure);
    const focused = this.contains(document.activeElement);
    setVisible(this, "undo-form", false);
    setVisible(this, "undo-dismiss", true);
    part(this, "undo-message")?.setAttribute("role", "alert");
    setText(this, "undo-message", interpolate(template, { name: shortName(this.#target.name), message }));
    if (focused) {
      part(this, "undo-dismiss")?.focus();
    }
  }

  /** Remove the notice; a focus in it moves to another notice. */
  #dismiss = () => {
    const others = Array.from(this.parentElement?.querySelectorAll("undo-notice") ?? []);
    const other = others.find((notice) => notice !== this);
    this.#close(other ? ["undo-notice :not([hidden]) > button, undo-notice > button:not([hidden])"] : this.#focusTargets);
  };

  /** @param {string[]} focusTargets what takes the focus if the notice has it */
  #close(focusTargets) {
    const focused = this.contains(document.activeElement);
    this.remove();
    if (focused) {
      focusFirst([...focusTargets, "main"]);
    }
  }
}

/** @returns {UndoNotice|null} a new notice after the others */
function addNotice() {
  const stack = document.getElementById("undo-notices");
  const notice = stack && cloneTemplate(stack.querySelector("template"));
  stack?.append(notice ?? "");
  return notice instanceof UndoNotice ? notice : null;
}

/**
 * @param {Deletable} target that was deleted
 * @param {Offer} offer
 */
export function offerUndo(target, offer) {
  addNotice()?.offer(target, offer);
}

/**
 * @param {Deletable} target that could not be deleted
 * @param {Failure} failure
 */
export function showDeletionError(target, failure) {
  addNotice()?.showDeletionError(target, failure);
}

customElements.define("undo-notice", UndoNotice);

// @ts-check
import { startEdit } from "../../api/edits.js";
import { errorText, fieldErrors } from "../../api/error-text.js";
import { ApiError, getJson } from "../../api/http.js";
import { timecode } from "../../format.js";
import { gettext } from "../../i18n.js";
import { page } from "../../live/page.js";
import { announce, setText } from "../shared/dom.js";
import { showEditResult } from "../task/edit-form.js";
import { lengthText, modeNote, trimProblems } from "./trim-range.js";

/** Start, end and mode of a trim: validated while typing, submitted without leaving the page. */
export class TrimForm extends HTMLElement {
  /** @type {number[]} */
  #keyframes = [];
  #busy = false;

  connectedCallback() {
    page().live.addEventListener("status", this.#render);
    this.addEventListener("input", this.#render);
    this.addEventListener("click", this.#click);
    this.addEventListener("submit", this.#submit);
    this.#form?.toggleAttribute("novalidate", true);
    this.#render();
    void this.#loadKeyframes();
  }

  disconnectedCallback() {
    page().live.removeEventListener("status", this.#render);
    this.removeEventListener("input", this.#render);
    this.removeEventListener("click", this.#click);
    this.removeEventListener("submit", this.#submit);
  }

  get #form() {
    return this.querySelector("form");
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form?.elements.namedItem(name));
  }

  get #range() {
    return {
      start: this.#field("startTime").valueAsNumber,
      end: this.#field("endTime").valueAsNumber,
      duration: Number(this.dataset.duration),
    };
  }

  get #mode() {
    return this.#field("mode").value;
  }

  async #loadKeyframes() {
    try {
      const { keyframes } = await getJson(this.dataset.keyframesUrl ?? "");
      this.#keyframes = keyframes ?? [];
      this.#render();
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
    }
  }

  #render = () => {
    const range = this.#range;
    const problems = trimProblems(range);
    for (const [name, problem] of Object.entries(problems)) {
      this.#showProblem(name, problem);
      const seconds = this.#field(name).valueAsNumber;
      setText(this, `${name}-timecode`, Number.isFinite(seconds) ? timecode(seconds) : "");
    }
    setText(this, "length", lengthText(range));
    setText(this, "note", modeNote(this.#mode, this.#keyframes, range.start));
    setText(this, "failure", "");
    const valid = !problems.startTime && !problems.endTime;
    const { connected } = page().live;
    setText(this, "waiting", connected ? "" : gettext("Waiting for the connection to the server."));
    this.querySelector("button[type=submit]")?.toggleAttribute("disabled", !valid || !connected || this.#busy);
  };

  /**
   * @param {string} name
   * @param {string} problem
   */
  #showProblem(name, problem) {
    setText(this, `${name}-problem`, problem);
    this.#field(name).setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** @param {Event} event */
  #click = (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const name = button?.dataset.setFromPlayer;
    const player = document.querySelector("video");
    if (button?.dataset.part === "run-again") {
      void this.#start({ again: true });
    }
    if (name && player) {
      this.#field(name).value = player.currentTime.toFixed(3);
      this.#render();
    }
  };

  /** @param {SubmitEvent} event */
  #submit = (event) => {
    event.preventDefault();
    void this.#start({});
  };

  /** @param {Record<string, unknown>} extraParams */
  async #start(extraParams) {
    if (this.#busy) {
      return;
    }
    const focused = document.activeElement;
    this.#busy = true;
    showEditResult(this, null);
    this.#render();
    const refusal = await this.#send(extraParams).finally(() => {
      this.#busy = false;
      this.#render();
      if (focused instanceof HTMLElement && this.contains(focused) && document.activeElement === document.body) {
        focused.focus();
      }
    });
    if (refusal) {
      this.#showRefusal(refusal);
    }
  }

  /**
   * @param {Record<string, unknown>} extraParams
   * @returns {Promise<ApiError|null>} the server's refusal
   */
  async #send(extraParams) {
    const { start, end } = this.#range;
    const { videoId = "" } = this.dataset;
    try {
      const params = { startTime: start, endTime: end, mode: this.#mode, ...extraParams };
      showEditResult(this, await startEdit("trim", videoId, params));
      return null;
    } catch (error) {
      if (error instanceof ApiError) {
        return error;
      }
      throw error;
    }
  }

  /** @param {ApiError} error */
  #showRefusal(error) {
    const { message, remedy } = errorText(error.failure);
    for (const [name, problem] of Object.entries(fieldErrors(error.failure))) {
      setText(this, `${name}-problem`, problem);
    }
    setText(this, "failure", `${message} ${remedy}`.trim());
    announce(message);
  }
}

customElements.define("trim-form", TrimForm);

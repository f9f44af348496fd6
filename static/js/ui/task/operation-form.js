// @ts-check
import { startEdit } from "../../api/edits.js";
import { errorText, fieldErrors } from "../../api/error-text.js";
import { ApiError } from "../../api/http.js";
import { gettext } from "../../i18n.js";
import { page } from "../../live/page.js";
import { announce, setText } from "../shared/dom.js";
import { formParams, showEditResult } from "./edit-form.js";

/** The form of an edit: submitted without leaving the page, with errors beside their fields. */
export class OperationForm extends HTMLElement {
  #busy = false;

  connectedCallback() {
    page().live.addEventListener("status", this.#render);
    this.addEventListener("input", this.#input);
    this.addEventListener("click", this.#click);
    this.addEventListener("submit", this.#submit);
    this.#form?.toggleAttribute("novalidate", true);
    this.#render();
  }

  disconnectedCallback() {
    page().live.removeEventListener("status", this.#render);
    this.removeEventListener("input", this.#input);
    this.removeEventListener("click", this.#click);
    this.removeEventListener("submit", this.#submit);
  }

  get #form() {
    return this.querySelector("form");
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement|null} */ (this.#form?.elements.namedItem(name));
  }

  #render = () => {
    const { connected } = page().live;
    setText(this, "waiting", connected ? "" : gettext("Waiting for the connection to the server."));
    this.querySelector("button[type=submit]")?.toggleAttribute("disabled", !connected || this.#busy);
  };

  /** @param {Event} event */
  #input = (event) => {
    if (event.target instanceof HTMLElement) {
      this.#onFieldFilled(event.target.getAttribute("name") ?? "");
    }
  };

  /** @param {Event} event */
  #click = (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const name = button?.dataset.setFromPlayer ?? "";
    const field = name && this.#field(name);
    const player = document.querySelector("video");
    if (button?.dataset.part === "run-again") {
      void this.#send({ again: true });
    }
    if (field && player) {
      field.value = player.currentTime.toFixed(3);
      this.#onFieldFilled(name);
    }
  };

  /**
   * A field was filled in: clear the fields that it excludes.
   *
   * @param {string} name
   */
  #onFieldFilled(name) {
    const excluding = (this.dataset.oneOf ?? "").split(" ");
    const cleared = excluding.includes(name) ? excluding.filter((other) => other !== name) : [];
    for (const other of cleared) {
      const field = this.#field(other);
      if (field) {
        field.value = "";
      }
    }
    [name, ...cleared].forEach((each) => this.#showProblem(each, ""));
    setText(this, "failure", "");
    showEditResult(this, null);
  }

  /**
   * @param {string} name
   * @param {string} problem
   */
  #showProblem(name, problem) {
    const output = /** @type {HTMLElement|null} */ (this.querySelector(`[data-problem="${name}"]`));
    const field = this.#field(name);
    if (!output) {
      return;
    }
    output.textContent = problem;
    output.hidden = !problem;
    if (!(field instanceof Element)) { // a group of choices, or a field that is disabled for now
      return;
    }
    field.setAttribute("aria-invalid", String(Boolean(problem)));
    const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    field.setAttribute("aria-describedby", [...described.add(output.id)].join(" "));
  }

  /** @param {SubmitEvent} event */
  #submit = (event) => {
    event.preventDefault();
    void this.#send({});
  };

  /** @param {Record<string, unknown>} extraParams */
  async #send(extraParams) {
    if (this.#busy || !this.#form) {
      return;
    }
    const { operation = "", videoId = "" } = this.dataset;
    this.querySelectorAll("[data-problem]").forEach((output) =>
      this.#showProblem(output.getAttribute("data-problem") ?? "", ""),
    );
    setText(this, "failure", "");
    showEditResult(this, null);
    this.#busy = true;
    this.#render();
    try {
      showEditResult(this, await startEdit(operation, videoId, { ...formParams(this.#form), ...extraParams }));
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.#showRefusal(error);
    } finally {
      this.#busy = false;
      this.#render();
    }
  }

  /** @param {ApiError} error */
  #showRefusal({ failure }) {
    const problems = fieldErrors(failure);
    Object.entries(problems).forEach(([name, problem]) => this.#showProblem(name, problem));
    const selectors = Object.keys(problems).map((name) => `[name="${name}"]`);
    const first = selectors.length ? this.querySelector(selectors.join(", ")) : null;
    if (first instanceof HTMLElement) {
      first.focus();
    }
    const { message, remedy } = errorText(failure);
    setText(this, "failure", `${message} ${remedy}`.trim());
    announce(message);
  }
}

customElements.define("operation-form", OperationForm);

// @ts-check
import { announce, show } from "../shared/dom.js";
import { paramsOf, startEdit, tellStarted } from "../../api/edits.js";
import { failureWords, fieldWords } from "../../api/error-text.js";
import { ApiError } from "../../api/http.js";
import { gettext } from "../../i18n.js";
import { page } from "../../live/page.js";

/** Any edit's form: sent without leaving the page; what is wrong is said beside its field. */
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
    show(this, "waiting", connected ? "" : gettext("Waiting for the connection to the server."));
    this.querySelector("button[type=submit]")?.toggleAttribute("disabled", !connected || this.#busy);
  };

  /** @param {Event} event */
  #input = (event) => {
    if (event.target instanceof HTMLElement) {
      this.#chosen(event.target.getAttribute("name") ?? "");
    }
  };

  /** @param {Event} event */
  #click = (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const name = button?.dataset.setFromPlayer ?? "";
    const field = name && this.#field(name);
    const player = document.querySelector("video");
    if (button?.dataset.part === "make-again") {
      void this.#send({ again: true });
    }
    if (field && player) {
      field.value = player.currentTime.toFixed(3);
      this.#chosen(name);
    }
  };

  /**
   * A field was filled in: of those that exclude each other, the others are emptied.
   *
   * @param {string} name
   */
  #chosen(name) {
    const excluding = (this.dataset.oneOf ?? "").split(" ");
    const emptied = excluding.includes(name) ? excluding.filter((other) => other !== name) : [];
    for (const other of emptied) {
      const field = this.#field(other);
      if (field) {
        field.value = "";
      }
    }
    [name, ...emptied].forEach((each) => this.#showProblem(each, ""));
    show(this, "failure", "");
    tellStarted(this, null);
  }

  /**
   * @param {string} name
   * @param {string} problem
   */
  #showProblem(name, problem) {
    const place = /** @type {HTMLElement|null} */ (this.querySelector(`[data-problem="${name}"]`));
    const field = this.#field(name);
    if (!place) {
      return;
    }
    place.textContent = problem;
    place.hidden = !problem;
    if (!(field instanceof Element)) { // a group of choices, or a field that cannot be filled in yet
      return;
    }
    field.setAttribute("aria-invalid", String(Boolean(problem)));
    const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    field.setAttribute("aria-describedby", [...described.add(place.id)].join(" "));
  }

  /** @param {SubmitEvent} event */
  #submit = (event) => {
    event.preventDefault();
    void this.#send({});
  };

  /** @param {Record<string, unknown>} more */
  async #send(more) {
    if (this.#busy || !this.#form) {
      return;
    }
    const { operation = "", videoId = "" } = this.dataset;
    this.querySelectorAll("[data-problem]").forEach((place) =>
      this.#showProblem(place.getAttribute("data-problem") ?? "", ""),
    );
    show(this, "failure", "");
    tellStarted(this, null);
    this.#busy = true;
    this.#render();
    try {
      tellStarted(this, await startEdit(operation, videoId, { ...paramsOf(this.#form), ...more }));
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.#refused(error);
    } finally {
      this.#busy = false;
      this.#render();
    }
  }

  /** @param {ApiError} error */
  #refused({ failure }) {
    const problems = fieldWords(failure);
    Object.entries(problems).forEach(([name, problem]) => this.#showProblem(name, problem));
    const selectors = Object.keys(problems).map((name) => `[name="${name}"]`);
    const first = selectors.length ? this.querySelector(selectors.join(", ")) : null;
    if (first instanceof HTMLElement) {
      first.focus();
    }
    const { sentence, remedy } = failureWords(failure);
    show(this, "failure", `${sentence} ${remedy}`.trim());
    announce(sentence);
  }
}

customElements.define("operation-form", OperationForm);

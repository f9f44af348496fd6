// @ts-check
import { page } from "../../live/page.js";
import { overallProgress } from "../../state/overall-progress.js";
import { ringIcon } from "./progress-icon.js";

/** Shows the overall progress in the tab's title and icon. Renders nothing itself. */
export class TabProgress extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  #title = "";
  #icon = "";
  /** @type {number|null} */
  #shown = null;

  connectedCallback() {
    this.#title = document.title;
    this.#icon = this.#link?.href ?? "";
    page().store.addEventListener("change", this.#render);
    this.#unwatch = page().watch("*");
    this.#render();
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#render);
    this.#unwatch?.();
    this.#show(null);
  }

  /** @returns {HTMLLinkElement|null} */
  get #link() {
    return document.querySelector("link[rel=icon]");
  }

  #render = () => {
    const percent = overallProgress(page().store.state)?.percent ?? null;
    if (percent !== this.#shown) {
      this.#show(percent);
    }
  };

  /** @param {number|null} percent */
  #show(percent) {
    this.#shown = percent;
    document.title = percent === null ? this.#title : `${percent}% · ${this.#title}`;
    const link = this.#link;
    if (link) {
      link.href = percent === null ? this.#icon : ringIcon(percent);
    }
  }
}

customElements.define("tab-progress", TabProgress);

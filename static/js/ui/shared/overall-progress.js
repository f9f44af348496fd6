// @ts-check
import { page } from "../../live/page.js";
import { overallProgress, overallText } from "../../state/overall-progress.js";

/** The overall progress of all jobs of one video (`data-video-id`) or of all ("*"); empty below two jobs. */
export class OverallProgressLine extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  #text = "";

  connectedCallback() {
    page().store.addEventListener("change", this.#render);
    this.#unwatch = page().watch(this.#videoId);
    this.#render();
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#render);
    this.#unwatch?.();
  }

  get #videoId() {
    return this.dataset.videoId ?? "*";
  }

  #render = () => {
    const overall = overallProgress(page().store.state, { videoId: this.#videoId });
    const text = overall && overall.total > 1 ? overallText(overall) : "";
    if (text !== this.#text) {
      this.#text = text;
      this.replaceChildren(text);
    }
  };
}

customElements.define("overall-progress", OverallProgressLine);

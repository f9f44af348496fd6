// @ts-check
import { page } from "../../live/page.js";
import { wholeWords } from "../tray/tray-jobs.js";
import { wholeOf } from "../../state/overall-progress.js";

/** How far all jobs of one video (`data-video-id`), or of all ("*"), are together; empty below two. */
export class OverallProgressLine extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  #words = "";

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
    const whole = wholeOf(page().store.state, { videoId: this.#videoId });
    const words = whole && whole.total > 1 ? wholeWords(whole) : "";
    if (words !== this.#words) {
      this.#words = words;
      this.replaceChildren(words);
    }
  };
}

customElements.define("overall-progress", OverallProgressLine);

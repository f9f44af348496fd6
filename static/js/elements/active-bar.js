// @ts-check
import { gettext } from "../lib/i18n.js";
import { wholePercent } from "../lib/format.js";
import { page } from "../lib/page.js";
import { activeTask, hasHeard, uploadOf } from "../lib/selectors.js";
import { taskView } from "../lib/taskview.js";
import { ProgressBar } from "./progress-bar.js";

/** @import { State } from "../lib/state.js" */

/**
 * @param {State} state
 * @param {string} videoId
 */
function nowAt(state, videoId) {
  const upload = uploadOf(state, videoId);
  if (upload) {
    return { name: gettext("Uploading"), message: gettext("Uploading"), percent: wholePercent(upload.percent), bar: true };
  }
  const task = activeTask(state, videoId);
  return task ? taskView(task) : { name: "", message: "", percent: null, bar: false };
}

/** Shows whatever is going on with one video; nothing where all is quiet. */
export class ActiveBar extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#render);
    this.#unwatch = page().watch(this.dataset.scope ?? this.#videoId);
    this.#render();
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#render);
    this.#unwatch?.();
  }

  get #videoId() {
    return this.dataset.videoId ?? "";
  }

  #render = () => {
    const { state } = page().store;
    const bar = this.querySelector("progress-bar");
    if (!hasHeard(state, this.#videoId) || !(bar instanceof ProgressBar)) {
      return;
    }
    const now = nowAt(state, this.#videoId);
    bar.label(now.name);
    bar.update(now);
  };
}

customElements.define("active-bar", ActiveBar);

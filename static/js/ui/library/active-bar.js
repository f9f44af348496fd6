// @ts-check
import { floorPercent, timeLeft } from "../../format.js";
import { page } from "../../live/page.js";
import { activeTask, isLoaded, uploadOf } from "../../state/selectors.js";
import { taskView } from "../../state/task-view.js";
import { uploadMessage } from "../../state/upload-view.js";
import { ProgressBar } from "../shared/progress-bar.js";

/** @import { State } from "../../state/state.js" */
/** @import { UploadState } from "../../api/types.js" */

/** Without an event for this long, the upload is paused or its connection is lost. Milliseconds. */
const STALE_MS = 15_000;

/** @param {UploadState} upload */
function uploadView(upload) {
  const { percent, indeterminate, etaSeconds } = upload;
  const name = uploadMessage(upload);
  const left = etaSeconds == null ? "" : timeLeft(etaSeconds);
  const message = left ? `${name} · ${left}` : name;
  return { name, message, percent: indeterminate ? null : floorPercent(percent), bar: true };
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {UploadState|null} stale the upload that has not changed for a while: its time left is not shown
 */
function activityView(state, videoId, stale) {
  const upload = uploadOf(state, videoId);
  if (upload) {
    return uploadView(upload === stale ? { ...upload, etaSeconds: null } : upload);
  }
  const task = activeTask(state, videoId);
  return task ? taskView(task) : { name: "", message: "", percent: null, bar: false };
}

/** Shows the current activity of one video, an upload or a task; hidden where there is none. */
export class ActiveBar extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {UploadState|null} */
  #upload = null;
  /** @type {UploadState|null} */
  #stale = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #staleTimer;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#render);
    this.#unwatch = page().watch(this.dataset.scope ?? this.#videoId);
    this.#render();
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#render);
    this.#unwatch?.();
    clearTimeout(this.#staleTimer);
  }

  get #videoId() {
    return this.dataset.videoId ?? "";
  }

  #render = () => {
    const { state } = page().store;
    const bar = this.querySelector("progress-bar");
    if (!isLoaded(state, this.#videoId) || !(bar instanceof ProgressBar)) {
      return;
    }
    this.#watchForStall(uploadOf(state, this.#videoId));
    const view = activityView(state, this.#videoId, this.#stale);
    bar.label(view.name);
    bar.update(view);
  };

  /** @param {UploadState|null} upload as it is now */
  #watchForStall(upload) {
    if (upload === this.#upload) {
      return;
    }
    this.#upload = upload;
    clearTimeout(this.#staleTimer);
    if (upload) {
      this.#staleTimer = setTimeout(() => {
        this.#stale = upload;
        this.#render();
      }, STALE_MS);
    }
  }
}

customElements.define("active-bar", ActiveBar);

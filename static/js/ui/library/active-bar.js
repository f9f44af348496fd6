// @ts-check
import { uploadMessage } from "../../state/upload-view.js";
import { timeLeft, wholePercent } from "../../format.js";
import { page } from "../../live/page.js";
import { activeTask, hasHeard, uploadOf } from "../../state/selectors.js";
import { taskView } from "../../state/task-view.js";
import { ProgressBar } from "../shared/progress-bar.js";

/** @import { State } from "../../state/state.js" */
/** @import { UploadState } from "../../api/types.js" */

/** The sender has paused or lost its line if nothing came for so long. */
const SILENT_MS = 15_000;

/** @param {UploadState} upload */
function uploadView(upload) {
  const { percent, indeterminate, etaSeconds } = upload;
  const name = uploadMessage(upload);
  const left = etaSeconds == null ? "" : timeLeft(etaSeconds);
  const message = left ? `${name} · ${left}` : name;
  return { name, message, percent: indeterminate ? null : wholePercent(percent), bar: true };
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {UploadState|null} silent the upload whose sender has said nothing more
 */
function nowAt(state, videoId, silent) {
  const upload = uploadOf(state, videoId);
  if (upload) {
    return uploadView(upload === silent ? { ...upload, etaSeconds: null } : upload);
  }
  const task = activeTask(state, videoId);
  return task ? taskView(task) : { name: "", message: "", percent: null, bar: false };
}

/** Shows whatever is going on with one video; nothing where all is quiet. */
export class ActiveBar extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {UploadState|null} */
  #upload = null;
  /** @type {UploadState|null} */
  #silent = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #silence;

  connectedCallback() {
    const { store } = page();
    store.addEventListener("change", this.#render);
    this.#unwatch = page().watch(this.dataset.scope ?? this.#videoId);
    this.#render();
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#render);
    this.#unwatch?.();
    clearTimeout(this.#silence);
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
    this.#listen(uploadOf(state, this.#videoId));
    const now = nowAt(state, this.#videoId, this.#silent);
    bar.label(now.name);
    bar.update(now);
  };

  /** @param {UploadState|null} upload as it is by now */
  #listen(upload) {
    if (upload === this.#upload) {
      return;
    }
    this.#upload = upload;
    clearTimeout(this.#silence);
    if (upload) {
      this.#silence = setTimeout(() => {
        this.#silent = upload;
        this.#render();
      }, SILENT_MS);
    }
  }
}

customElements.define("active-bar", ActiveBar);

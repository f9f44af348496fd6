// @ts-check
import { ApiError } from "../../api/http.js";
import { deleteUpload } from "../../api/tus.js";
import { fileSize } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { page } from "../../live/page.js";
import { removeSavedUpload } from "../../state/saved-uploads.js";
import { uploadOf } from "../../state/selectors.js";
import { lastQuarter } from "../shared/announcements.js";
import { announce, part, setText, setVisible } from "../shared/dom.js";
import { ProgressBar } from "../shared/progress-bar.js";
import { failedView, interruptedView, uploadRowView } from "./upload-row-view.js";

/** @import { FileUpload } from "../../api/file-upload.js" */
/** @import { SavedUpload } from "../../state/saved-uploads.js" */
/** @import { UploadRowView } from "./upload-row-view.js" */

/** The buttons of a row; their accessible names contain the file's name. */
const BUTTONS = ["choose", "pause", "resume", "again", "cancel", "dismiss"];

/** One file that is being uploaded, or whose upload was interrupted. */
export class UploadRow extends HTMLElement {
  /** @type {FileUpload|null} */
  #upload = null;
  /** @type {SavedUpload|null} */
  #interrupted = null;
  /** The last quarter that was announced. */
  #announced = 0;
  #isCompleteAnnounced = false;

  connectedCallback() {
    this.addEventListener("click", this.#click);
    page().store.addEventListener("change", this.#onServerChange);
    this.#upload?.addEventListener("change", this.#render);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#click);
    page().store.removeEventListener("change", this.#onServerChange);
    this.#upload?.removeEventListener("change", this.#render);
  }

  /** The file's key, by which an interrupted upload is recognized. */
  get key() {
    return this.#upload?.key ?? this.#interrupted?.key ?? "";
  }

  /** Whether leaving the page now would interrupt the upload. */
  get isBusy() {
    return this.#upload?.isBusy ?? false;
  }

  /** @param {FileUpload} upload that this row shows from now on */
  showUpload(upload) {
    this.#interrupted = null;
    this.#upload = upload;
    this.#setFile(upload.name, upload.file.size);
    if (this.isConnected) {
      upload.addEventListener("change", this.#render);
    }
    this.#render();
  }

  /**
   * @param {SavedUpload} saved
   * @param {number} received bytes that the server has
   */
  showInterrupted(saved, received) {
    this.#interrupted = saved;
    this.#setFile(saved.name, saved.size);
    this.dataset.state = "interrupted";
    this.#show(interruptedView(saved, received));
  }

  /**
   * @param {string} name
   * @param {number} size bytes
   * @param {ApiError} error why the file is not uploaded at all
   */
  showRefusal(name, size, error) {
    this.#setFile(name.normalize("NFC"), size);
    this.#fail(error);
  }

  get #bar() {
    const bar = this.querySelector("progress-bar");
    return bar instanceof ProgressBar ? bar : null;
  }

  /**
   * @param {string} name
   * @param {number} size bytes
   */
  #setFile(name, size) {
    setText(this, "file", name);
    setText(this, "size", fileSize(size));
    this.#bar?.label(name);
    for (const button of BUTTONS) {
      const element = part(this, button);
      element?.setAttribute("aria-label", `${element.textContent?.trim()}: ${name}`);
    }
  }

  #render = () => {
    const upload = this.#upload;
    if (!upload) {
      return;
    }
    this.dataset.state = upload.stage;
    const serverUpload = uploadOf(page().store.state, upload.videoId);
    if (upload.stage === "complete") {
      this.#showLink(upload.videoId);
    }
    const view = uploadRowView(upload, serverUpload);
    this.#show(view);
    if (upload.stage === "sending") {
      this.#announceProgress(upload);
    } else if (upload.stage === "complete") {
      this.#announceComplete(upload.name, view.percent === 100);
    }
  };

  /** @param {UploadRowView} view */
  #show(view) {
    this.#bar?.update(view);
    setText(this, "pace", view.pace);
    setVisible(this, "failure", Boolean(view.failure));
    setText(this, "failure-message", view.failure?.message ?? "");
    setText(this, "failure-remedy", view.failure?.remedy ?? "");
    this.#showButtons(view.buttons);
    if (view.failure) {
      const name = part(this, "file")?.textContent ?? "";
      const { message } = view.failure;
      announce(interpolate(gettext("%(name)s: error. %(message)s"), { name, message }));
    }
  }

  /** @param {string} videoId */
  #showLink(videoId) {
    const link = part(this, "open");
    if (link instanceof HTMLAnchorElement) {
      link.href = `/videos/${videoId}/`;
      link.hidden = false;
    }
  }

  /** @param {string[]} visible */
  #showButtons(visible) {
    const active = document.activeElement;
    for (const name of BUTTONS) {
      setVisible(this, name, visible.includes(name));
    }
    // The button that was pressed is hidden now: the focus moves to the one that replaces it.
    if (active instanceof HTMLElement && this.contains(active) && active.hidden) {
      part(this, visible[0] ?? "open")?.focus();
    }
  }

  /** @param {FileUpload} upload */
  #announceProgress({ name, percent }) {
    const reached = lastQuarter(percent);
    if (percent < 100 && reached > this.#announced) {
      announce(interpolate(gettext("%(name)s: %(percent)s percent"), { name, percent: reached }));
    } else if (this.#announced === 0 && percent === 0) {
      announce(interpolate(gettext("%(name)s: started"), { name }));
    }
    this.#announced = Math.max(this.#announced, reached);
  }

  /**
   * @param {string} name
   * @param {boolean} isComplete whether the server has finished storing it, too
   */
  #announceComplete(name, isComplete) {
    if (isComplete && !this.#isCompleteAnnounced) {
      announce(interpolate(gettext("%(name)s: complete"), { name }));
    }
    this.#isCompleteAnnounced = isComplete;
  }

  /** @param {ApiError} error after which nothing is left but to dismiss the row */
  #fail(error) {
    this.dataset.state = "failed";
    this.#show(failedView(error, ["dismiss"]));
  }

  /** @param {Event} event */
  #click = (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    switch (button?.dataset.part) {
      case "pause":
        void this.#upload?.pause();
        break;
      case "resume":
      case "again":
        this.#upload?.resume();
        break;
      case "choose":
        this.dispatchEvent(new Event("choose", { bubbles: true }));
        break;
      case "cancel":
        this.#cancel();
        break;
      case "dismiss":
        this.#dismiss();
    }
  };

  #cancel() {
    if (this.#interrupted) {
      removeSavedUpload(this.#interrupted.key);
      void deleteUpload(this.#interrupted.url);
    }
    void this.#upload?.cancel();
    this.remove();
  }

  /** A complete upload is kept on the server; a failed one is deleted there. */
  #dismiss() {
    if (this.#upload?.stage === "complete") {
      this.remove();
    } else {
      this.#cancel();
    }
  }

  /** After its bytes have arrived, the server stores the file, or finds that it is not a video. */
  #onServerChange = () => {
    const upload = this.#upload;
    if (upload?.stage !== "complete" || this.dataset.state === "failed") {
      return;
    }
    const video = page().store.state.videos[upload.videoId];
    if (video?.error) {
      this.#fail(new ApiError(video.error));
    } else {
      this.#render();
    }
  };
}

customElements.define("upload-row", UploadRow);

// @ts-check
import { uploadMessage } from "../../state/upload-view.js";
import { announce, part, show, toggle } from "../shared/dom.js";
import { failureWords } from "../../api/error-text.js";
import { fileSize, timeLeft, wholePercent } from "../../format.js";
import { ApiError } from "../../api/http.js";
import { gettext, interpolate } from "../../i18n.js";
import { forget } from "../../state/saved-uploads.js";
import { quarter } from "../shared/announcements.js";
import { page } from "../../live/page.js";
import { uploadOf } from "../../state/selectors.js";
import { terminate } from "../../api/file-upload.js";
import { ProgressBar } from "../shared/progress-bar.js";

/** @import { Remembered } from "../../state/saved-uploads.js" */
/** @import { FileUpload } from "../../api/file-upload.js" */

/** Buttons whose names say of which file they speak. */
const BUTTONS = ["choose", "pause", "resume", "again", "cancel", "dismiss"];

/** One file on its way to the server, or one that waits to be chosen again. */
export class UploadRow extends HTMLElement {
  /** @type {FileUpload|null} */
  #upload = null;
  /** @type {Remembered|null} */
  #left = null;
  #announced = 0;
  /** Whether it is said to be complete. */
  #isOver = false;

  connectedCallback() {
    this.addEventListener("click", this.#click);
    page().store.addEventListener("change", this.#changed);
    this.#upload?.addEventListener("change", this.#render);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#click);
    page().store.removeEventListener("change", this.#changed);
    this.#upload?.removeEventListener("change", this.#render);
  }

  /** The file's key, by which an upload of an earlier visit is found again. */
  get key() {
    return this.#upload?.key ?? this.#left?.key ?? "";
  }

  /** Whether leaving the page now would interrupt it. */
  get isBusy() {
    return this.#upload?.isBusy ?? false;
  }

  /** @param {FileUpload} upload that this row shows from now on */
  follow(upload) {
    this.#left = null;
    this.#upload = upload;
    this.#title(upload.name, upload.file.size);
    if (this.isConnected) {
      upload.addEventListener("change", this.#render);
    }
    this.#render();
  }

  /**
   * An upload of an earlier visit: browsers cannot open its file again by themselves.
   *
   * @param {Remembered} left
   * @param {number} received bytes that the server has
   */
  remind(left, received) {
    this.#left = left;
    this.#title(left.name, left.size);
    this.dataset.state = "left";
    const message = gettext("Choose or drop the same file to go on");
    this.#bar?.update({ message, percent: wholePercent((100 * received) / left.size), bar: true });
    this.#buttons(["choose", "cancel"]);
  }

  /**
   * @param {string} name
   * @param {number} size bytes
   * @param {ApiError} error why it is not even sent
   */
  refuse(name, size, error) {
    this.#title(name.normalize("NFC"), size);
    this.#fail(error, ["dismiss"]);
  }

  get #bar() {
    const bar = this.querySelector("progress-bar");
    return bar instanceof ProgressBar ? bar : null;
  }

  /**
   * @param {string} name
   * @param {number} size bytes
   */
  #title(name, size) {
    show(this, "file", name);
    show(this, "size", fileSize(size));
    this.#bar?.label(name);
    for (const button of BUTTONS) {
      const found = part(this, button);
      found?.setAttribute("aria-label", `${found.textContent?.trim()}: ${name}`);
    }
  }

  #render = () => {
    const upload = this.#upload;
    if (!upload) {
      return;
    }
    this.dataset.state = upload.stage;
    show(this, "pace", "");
    switch (upload.stage) {
      case "waiting":
        this.#bar?.update({ message: gettext("Waiting for its turn..."), percent: null, bar: false });
        this.#buttons(["cancel"]);
        break;
      case "sending":
        this.#sending(upload);
        break;
      case "paused":
        this.#standing(upload, gettext("Paused"));
        this.#buttons(["resume", "cancel"]);
        break;
      case "lost":
        this.#standing(upload, gettext("Connection lost. The upload goes on by itself."));
        this.#buttons(["resume", "cancel"]);
        break;
      case "complete":
        this.#complete(upload);
        break;
      case "failed":
        if (upload.failure) {
          this.#fail(upload.failure, ["again", "dismiss"]);
        }
    }
  };

  /** @param {FileUpload} upload */
  #sending(upload) {
    const whole = upload.received >= upload.file.size && upload.file.size > 0;
    this.#standing(upload, whole ? gettext("Saving...") : gettext("Uploading"));
    this.#buttons(["pause", "cancel"]);
    const pace = [];
    if (upload.speed !== null) {
      pace.push(interpolate(gettext("%(size)s per second"), { size: fileSize(Math.round(upload.speed)) }));
    }
    if (upload.left !== null) {
      pace.push(timeLeft(upload.left));
    }
    show(this, "pace", whole ? "" : pace.join(" · "));
    this.#milestones(upload);
  }

  /**
   * @param {FileUpload} upload
   * @param {string} message
   */
  #standing(upload, message) {
    toggle(this, "failure", false);
    this.#bar?.update({ message, percent: wholePercent(upload.percent), bar: true });
  }

  /** @param {FileUpload} upload */
  #milestones({ name, percent }) {
    const reached = quarter(percent);
    if (percent < 100 && reached > this.#announced) {
      announce(interpolate(gettext("%(name)s: %(percent)s percent"), { name, percent: reached }));
    } else if (this.#announced === 0 && percent === 0) {
      announce(interpolate(gettext("%(name)s: started"), { name }));
    }
    this.#announced = Math.max(this.#announced, reached);
  }

  /** @param {FileUpload} upload */
  #complete({ name, videoId }) {
    const link = part(this, "open");
    if (link instanceof HTMLAnchorElement) {
      link.href = `/videos/${videoId}/`;
      link.hidden = false;
    }
    this.#buttons(["dismiss"]);
    const now = uploadOf(page().store.state, videoId);
    if (now?.step === "storing") {
      // All bytes are safe with the server; how far the last way is, the video's own page says.
      this.#bar?.update({ message: uploadMessage(now), percent: null, bar: true });
      this.#isOver = false;
    } else if (!this.#isOver) {
      this.#bar?.update({ message: gettext("Complete!"), percent: 100, bar: false });
      announce(interpolate(gettext("%(name)s: complete"), { name }));
      this.#isOver = true;
    }
  }

  /**
   * @param {ApiError} error
   * @param {string[]} buttons
   */
  #fail(error, buttons) {
    const { sentence, remedy } = failureWords(error.failure);
    this.dataset.state = "failed";
    this.#bar?.update({ message: "", percent: null, bar: false });
    toggle(this, "failure", true);
    show(this, "failure-sentence", sentence);
    show(this, "failure-remedy", remedy);
    this.#buttons(buttons);
    const name = part(this, "file")?.textContent ?? "";
    announce(interpolate(gettext("%(name)s: error. %(sentence)s"), { name, sentence }));
  }

  /** @param {string[]} wanted */
  #buttons(wanted) {
    const active = document.activeElement;
    for (const name of BUTTONS) {
      toggle(this, name, wanted.includes(name));
    }
    // The button that was pressed is gone: what takes its place is the next one.
    if (active instanceof HTMLElement && this.contains(active) && active.hidden) {
      part(this, wanted[0] ?? "open")?.focus();
    }
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
        this.#giveUp();
        break;
      case "dismiss":
        this.#leave();
    }
  };

  #giveUp() {
    if (this.#left) {
      forget(this.#left.key);
      void terminate(this.#left.url);
    }
    void this.#upload?.cancel();
    this.remove();
  }

  /** What has ended stays as it is; what failed on its way is given up. */
  #leave() {
    if (this.#upload?.stage === "complete") {
      this.remove();
    } else {
      this.#giveUp();
    }
  }

  /** The file arrived and goes on into a bucket, has got there, or turned out to be no video. */
  #changed = () => {
    const upload = this.#upload;
    if (upload?.stage !== "complete" || this.dataset.state === "failed") {
      return;
    }
    const video = page().store.state.videos[upload.videoId];
    if (video?.error) {
      this.#fail(new ApiError(video.error), ["dismiss"]);
    } else {
      this.#complete(upload);
    }
  };
}

customElements.define("upload-row", UploadRow);

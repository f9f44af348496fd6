// @ts-check
import { errorText } from "../../api/error-text.js";
import { ApiError, postJson } from "../../api/http.js";
import { gettext, interpolate } from "../../i18n.js";
import { part, setText, setVisible } from "../shared/dom.js";
import { ProgressBar } from "../shared/progress-bar.js";

/** @import { Job } from "./tray-jobs.js" */

/** One job in the tray. */
export class TrayRow extends HTMLElement {
  /** @type {Job|undefined} */
  #job;

  connectedCallback() {
    part(this, "row-cancel")?.addEventListener("click", this.#cancel);
  }

  disconnectedCallback() {
    part(this, "row-cancel")?.removeEventListener("click", this.#cancel);
  }

  /** @param {Job} job */
  update(job) {
    this.#job = job;
    setText(this, "row-name", job.name);
    setText(this, "row-problem", job.problem);
    this.#showVideo(job);
    this.#showActions(job);
    const bar = this.querySelector("progress-bar");
    if (bar instanceof ProgressBar) {
      bar.label(`${job.name}, ${job.videoName}`);
      bar.update(job.open || !job.output ? job : { message: "", percent: null, bar: false });
    }
  }

  /** @param {Job} job */
  #showVideo({ videoId, videoName }) {
    const link = part(this, "row-video");
    if (link instanceof HTMLAnchorElement) {
      link.href = `/videos/${videoId}/`;
      setText(this, "row-video", videoName);
    }
  }

  /** @param {Job} job */
  #showActions({ canCancel, output, name }) {
    const focused = document.activeElement === part(this, "row-cancel");
    setVisible(this, "row-cancel", canCancel);
    setVisible(this, "row-download", Boolean(output));
    part(this, "row-cancel")?.setAttribute("aria-label", interpolate(gettext("Cancel %(name)s"), { name }));
    const link = part(this, "row-download");
    if (output && link instanceof HTMLAnchorElement) {
      link.href = output.url;
      link.setAttribute("aria-label", interpolate(gettext("Download %(name)s"), { name: output.name }));
    }
    if (focused && !canCancel) {
      (output ? link : part(this, "row-video"))?.focus();
    }
  }

  #cancel = async () => {
    const button = part(this, "row-cancel");
    button?.setAttribute("aria-disabled", "true");
    try {
      await postJson(`/api/tasks/${this.#job?.id}/cancel`);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      setText(this, "row-problem", errorText(error.failure).message);
    } finally {
      button?.removeAttribute("aria-disabled");
    }
  };
}

customElements.define("tray-row", TrayRow);

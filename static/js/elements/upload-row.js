// @ts-check
import { announce, part, show, toggle } from "../lib/dom.js";
import { failureWords } from "../lib/failures.js";
import { fileSize, wholePercent } from "../lib/format.js";
import { ApiError } from "../lib/http.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { quarter } from "../lib/milestones.js";
import { uploadFile } from "../lib/upload.js";
import { ProgressBar } from "./progress-bar.js";

/** One file on its way to the server. */
export class UploadRow extends HTMLElement {
  #stop = new AbortController();
  #name = "";
  #percent = 0;

  connectedCallback() {
    part(this, "cancel")?.addEventListener("click", this.#cancel);
  }

  disconnectedCallback() {
    part(this, "cancel")?.removeEventListener("click", this.#cancel);
  }

  /** @param {File} file that waits for the uploads before it */
  wait(file) {
    this.#name = file.name.normalize("NFC");
    show(this, "file", this.#name);
    show(this, "size", fileSize(file.size));
    this.#bar?.label(this.#name);
    this.#bar?.update({ message: gettext("Waiting for its turn..."), percent: null, bar: false });
  }

  /**
   * @param {File} file
   * @returns {Promise<{videoId: string, url: string}|null>} null where it did not arrive
   */
  async send(file) {
    const { signal } = this.#stop;
    if (signal.aborted) {
      return null;
    }
    this.#progress(0);
    announce(interpolate(gettext("%(name)s: started"), { name: this.#name }));
    try {
      const answer = await uploadFile(file, { signal, onProgress: this.#progress });
      this.#arrived(answer.url);
      return answer;
    } catch (error) {
      if (error instanceof ApiError) {
        this.refuse(error);
      } else if (error !== signal.reason) {
        throw error;
      }
      return null;
    }
  }

  /** @param {ApiError} error */
  refuse(error) {
    const { sentence, remedy } = failureWords(error.failure);
    this.dataset.state = "error";
    this.#bar?.update({ message: "", percent: null, bar: false });
    toggle(this, "failure", true);
    show(this, "failure-sentence", sentence);
    show(this, "failure-remedy", remedy);
    show(this, "cancel", gettext("Dismiss"));
    announce(interpolate(gettext("%(name)s: error. %(sentence)s"), { name: this.#name, sentence }));
  }

  get #bar() {
    const bar = this.querySelector("progress-bar");
    return bar instanceof ProgressBar ? bar : null;
  }

  /** @param {number} percent */
  #progress = (percent) => {
    const sent = percent >= 100;
    this.#bar?.update({
      message: sent ? gettext("Saving...") : gettext("Uploading"),
      percent: wholePercent(percent),
      bar: true,
    });
    if (quarter(percent) > quarter(this.#percent) && !sent) {
      announce(
        interpolate(gettext("%(name)s: %(percent)s percent"), { name: this.#name, percent: quarter(percent) }),
      );
    }
    this.#percent = percent;
  };

  /** @param {string} url */
  #arrived(url) {
    this.dataset.state = "complete";
    this.#bar?.update({ message: gettext("Complete!"), percent: 100, bar: false });
    announce(interpolate(gettext("%(name)s: complete"), { name: this.#name }));
    toggle(this, "cancel", false);
    const link = part(this, "open");
    if (link instanceof HTMLAnchorElement) {
      link.href = url;
      link.hidden = false;
    }
  }

  #cancel = () => {
    this.#stop.abort();
    this.remove();
  };
}

customElements.define("upload-row", UploadRow);

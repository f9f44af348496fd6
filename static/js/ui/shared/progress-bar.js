// @ts-check
import { part, show } from "./dom.js";

/**
 * A message at the left, whole percent at the right, and a bar under them.
 */
export class ProgressBar extends HTMLElement {
  /**
   * @param {object} progress
   * @param {string} progress.message
   * @param {number|null} progress.percent null where no number is known
   * @param {boolean} progress.bar whether the bar itself is shown
   */
  update({ message, percent, bar }) {
    const number = percent === null ? "" : `${percent}%`;
    show(this, "bar-message", message);
    show(this, "bar-percent", number);
    this.hidden = !message && !number && !bar;
    const track = part(this, "bar-track");
    if (!track) {
      return;
    }
    track.hidden = !bar;
    track.setAttribute("aria-valuetext", `${message} ${number}`.trim());
    if (percent === null) {
      track.removeAttribute("aria-valuenow");
    } else {
      track.setAttribute("aria-valuenow", String(percent));
      part(this, "bar-fill")?.setAttribute("width", number);
    }
  }

  /** @param {string} name what is making progress, for screen readers */
  label(name) {
    part(this, "bar-track")?.setAttribute("aria-label", name);
  }
}

customElements.define("progress-bar", ProgressBar);

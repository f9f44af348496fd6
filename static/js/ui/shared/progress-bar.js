// @ts-check
import { part, setText } from "./dom.js";

/**
 * A message on the left, a percentage on the right, and a bar below.
 */
export class ProgressBar extends HTMLElement {
  /**
   * @param {object} progress
   * @param {string} progress.message
   * @param {number|null} progress.percent null where it is not known
   * @param {boolean} progress.bar whether the bar itself is shown
   */
  update({ message, percent, bar }) {
    const number = percent === null ? "" : `${percent}%`;
    setText(this, "bar-message", message);
    setText(this, "bar-percent", number);
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

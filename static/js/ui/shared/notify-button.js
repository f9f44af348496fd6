// @ts-check
import { ended } from "../../state/changes.js";
import { failureWords } from "../../api/error-text.js";
import { gettext, interpolate } from "../../i18n.js";
import { page } from "../../live/page.js";
import { taskName } from "../../state/task-view.js";

/** @import { TaskState } from "../../api/types.js" */

const KEY = "vrewcraft.notify";

/**
 * Asks the browser to tell of ends while the page is not looked at. Hidden where the browser cannot,
 * or where it has been allowed or refused already.
 */
export class NotifyButton extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    this.addEventListener("click", this.#click);
    page().store.addEventListener("change", this.#changed);
    this.#unwatch = page().watch("*");
    this.#render();
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#click);
    page().store.removeEventListener("change", this.#changed);
    this.#unwatch?.();
  }

  #render() {
    this.hidden = !("Notification" in window) || Notification.permission === "denied" || this.#wanted;
  }

  get #wanted() {
    return Notification.permission === "granted" && localStorage.getItem(KEY) === "yes";
  }

  #click = async () => {
    if ((await Notification.requestPermission()) === "granted") {
      localStorage.setItem(KEY, "yes");
    }
    this.#render();
  };

  /** @param {Event} event */
  #changed = (event) => {
    if (!("Notification" in window) || !document.hidden || !this.#wanted) {
      return;
    }
    const { before, after } = /** @type {CustomEvent} */ (event).detail;
    ended(before, after, "*").filter((task) => before.tasks[task.id] && !task.housekeeping).forEach(tell);
  };
}

/** @param {TaskState} task that has ended; several windows tell of it once */
function tell(task) {
  const name = taskName(task);
  const words = task.error ? failureWords(task.error).sentence : gettext("Complete!");
  if (task.status !== "cancelled") {
    new Notification(interpolate(gettext("%(name)s: %(words)s"), { name, words }), {
      tag: task.id,
      body: task.videoName ?? "",
    });
  }
}

customElements.define("notify-button", NotifyButton);

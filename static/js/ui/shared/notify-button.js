// @ts-check
import { errorText } from "../../api/error-text.js";
import { gettext, interpolate } from "../../i18n.js";
import { page } from "../../live/page.js";
import { endedTasks } from "../../state/changes.js";
import { taskName } from "../../state/task-view.js";

/** @import { TaskState } from "../../api/types.js" */

const KEY = "vrewcraft.notify";

/**
 * Asks for permission to send a browser notification when a job ends while the page is in the
 * background. Hidden where notifications are not supported, or already allowed or denied.
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
    this.hidden = !("Notification" in window) || Notification.permission === "denied" || this.#isEnabled;
  }

  get #isEnabled() {
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
    if (!("Notification" in window) || !document.hidden || !this.#isEnabled) {
      return;
    }
    const { before, after } = /** @type {CustomEvent} */ (event).detail;
    endedTasks(before, after, "*").filter((task) => before.tasks[task.id] && !task.housekeeping).forEach(sendNotification);
  };
}

/** @param {TaskState} task that has ended; the tag makes several windows send only one */
function sendNotification(task) {
  const name = taskName(task);
  const result = task.error ? errorText(task.error).message : gettext("Complete!");
  if (task.status !== "cancelled") {
    new Notification(interpolate(gettext("%(name)s: %(result)s"), { name, result }), {
      tag: task.id,
      body: task.videoName ?? "",
    });
  }
}

customElements.define("notify-button", NotifyButton);

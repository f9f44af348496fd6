// @ts-check
import { page } from "../../live/page.js";
import { endedTasks } from "../../state/changes.js";
import { overallProgress, overallText } from "../../state/overall-progress.js";
import { saveSessionJobs, sessionJobs } from "../../state/session-jobs.js";
import { isTerminal } from "../../state/state.js";
import { taskAnnouncement } from "../shared/announcements.js";
import { announce, cloneTemplate, focusFirst, part, setText, setVisible } from "../shared/dom.js";
import { endedText, trayJobs } from "./tray-jobs.js";
import { TrayRow } from "./tray-row.js";

/** @import { Job } from "./tray-jobs.js" */

/**
 * The active and the latest jobs, in a corner of every page. Jobs of the video `data-except` are left
 * out, since its page shows them. Hidden where there are no jobs.
 */
export class JobsTray extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();

  connectedCallback() {
    page().store.addEventListener("change", this.#onChange);
    this.addEventListener("keydown", this.#onKeydown);
    part(this, "tray-toggle")?.addEventListener("click", this.#toggle);
    part(this, "tray-clear")?.addEventListener("click", this.#clear);
    this.#unwatch = page().watch("*");
    this.#render();
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#onChange);
    this.removeEventListener("keydown", this.#onKeydown);
    part(this, "tray-toggle")?.removeEventListener("click", this.#toggle);
    part(this, "tray-clear")?.removeEventListener("click", this.#clear);
    this.#unwatch?.();
  }

  get #opened() {
    return part(this, "tray-toggle")?.getAttribute("aria-expanded") === "true";
  }

  /** @param {boolean} opened */
  #open(opened) {
    setVisible(this, "tray-panel", opened);
    part(this, "tray-toggle")?.setAttribute("aria-expanded", String(opened));
  }

  #toggle = () => this.#open(!this.#opened);

  /** @param {KeyboardEvent} event */
  #onKeydown = (event) => {
    if (event.key === "Escape" && this.#opened) {
      this.#open(false);
      part(this, "tray-toggle")?.focus();
    }
  };

  /** Remove the jobs that have ended. */
  #clear = () => {
    const { tasks } = page().store.state;
    saveSessionJobs(sessionJobs().filter((id) => tasks[id] && !isTerminal(tasks[id])));
    this.#render();
    focusFirst(["jobs-tray [aria-expanded]", "main"]);
  };

  /** @param {Event} event */
  #onChange = (event) => {
    const { before, after } = /** @type {CustomEvent} */ (event).detail;
    this.#render();
    for (const task of endedTasks(before, after, "*")) {
      if (this.#items.has(task.id)) {
        announce(taskAnnouncement(before.tasks[task.id], task));
      }
    }
  };

  #render() {
    const { state } = page().store;
    const known = sessionJobs();
    const jobs = trayJobs(state, { except: this.dataset.except, session: known });
    const fresh = jobs.filter(({ id, open }) => open && id in state.tasks && !known.includes(id));
    if (fresh.length) {
      saveSessionJobs([...known, ...fresh.map(({ id }) => id)]);
    }
    const hadFocus = this.contains(document.activeElement);
    this.#showPill(jobs);
    this.#showRows(jobs);
    setVisible(this, "tray-clear", jobs.some(({ open }) => !open));
    if (!jobs.length) {
      this.#open(false);
    }
    this.hidden = !jobs.length;
    if (hadFocus && this.hidden) {
      focusFirst(["main"]);
    }
  }

  /** @param {Job[]} jobs */
  #showPill(jobs) {
    const overall = overallProgress(page().store.state, { except: this.dataset.except });
    const percent = overall?.percent ?? null;
    setText(this, "tray-summary", overall ? overallText(overall) : jobs.length ? endedText(jobs) : "");
    part(this, "tray-bar")?.toggleAttribute("hidden", percent === null);
    part(this, "tray-fill")?.setAttribute("width", `${percent ?? 0}%`);
  }

  /** @param {Job[]} jobs */
  #showRows(jobs) {
    const rows = part(this, "tray-rows");
    const focused = /** @type {HTMLElement|null} */ (document.activeElement);
    const hadFocus = this.contains(focused);
    const ids = new Set(jobs.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (!ids.has(id)) {
        item.remove();
        this.#items.delete(id);
      }
    }
    jobs.forEach((job, index) => {
      const item = this.#items.get(job.id) ?? cloneTemplate(this.querySelector("template"));
      this.#items.set(job.id, item);
      if (rows && rows.children[index] !== item) {
        rows.insertBefore(item, rows.children[index] ?? null);
      }
      const row = item.querySelector("tray-row");
      if (row instanceof TrayRow) {
        row.update(job);
      }
    });
    if (hadFocus && document.activeElement !== focused) {
      this.contains(focused) ? focused?.focus() : focusFirst(["jobs-tray [aria-expanded]", "main"]);
    }
  }
}

customElements.define("jobs-tray", JobsTray);

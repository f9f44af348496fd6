// @ts-check
import { ended } from "../../state/changes.js";
import { announce, focusFirst, part, show, stamp, toggle } from "../shared/dom.js";
import { milestone } from "../shared/announcements.js";
import { page } from "../../live/page.js";
import { isTerminal } from "../../state/state.js";
import { endWords, jobsOf, wholeWords } from "./tray-jobs.js";
import { keepVisited, visited } from "../../state/session-jobs.js";
import { wholeOf } from "../../state/overall-progress.js";
import { TrayRow } from "./tray-row.js";

/** @import { Job } from "./tray-jobs.js" */

/**
 * What is under way anywhere, in a corner of every page. Jobs of the video `data-except` are left
 * out: its page shows them itself. Hidden where there is nothing to tell.
 */
export class JobsTray extends HTMLElement {
  /** @type {(() => void)|null} */
  #unwatch = null;
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();

  connectedCallback() {
    page().store.addEventListener("change", this.#changed);
    this.addEventListener("keydown", this.#key);
    part(this, "tray-toggle")?.addEventListener("click", this.#turn);
    part(this, "tray-clear")?.addEventListener("click", this.#clear);
    this.#unwatch = page().watch("*");
    this.#render();
  }

  disconnectedCallback() {
    page().store.removeEventListener("change", this.#changed);
    this.removeEventListener("keydown", this.#key);
    part(this, "tray-toggle")?.removeEventListener("click", this.#turn);
    part(this, "tray-clear")?.removeEventListener("click", this.#clear);
    this.#unwatch?.();
  }

  get #opened() {
    return part(this, "tray-toggle")?.getAttribute("aria-expanded") === "true";
  }

  /** @param {boolean} opened */
  #open(opened) {
    toggle(this, "tray-panel", opened);
    part(this, "tray-toggle")?.setAttribute("aria-expanded", String(opened));
  }

  #turn = () => this.#open(!this.#opened);

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    if (event.key === "Escape" && this.#opened) {
      this.#open(false);
      part(this, "tray-toggle")?.focus();
    }
  };

  /** Forget what has ended. */
  #clear = () => {
    const { tasks } = page().store.state;
    keepVisited(visited().filter((id) => tasks[id] && !isTerminal(tasks[id])));
    this.#render();
    focusFirst(["jobs-tray [aria-expanded]", "main"]);
  };

  /** @param {Event} event */
  #changed = (event) => {
    const { before, after } = /** @type {CustomEvent} */ (event).detail;
    this.#render();
    for (const task of ended(before, after, "*")) {
      if (this.#items.has(task.id)) {
        announce(milestone(before.tasks[task.id], task));
      }
    }
  };

  #render() {
    const { state } = page().store;
    const known = visited();
    const jobs = jobsOf(state, { except: this.dataset.except, visited: known });
    const fresh = jobs.filter(({ id, open }) => open && id in state.tasks && !known.includes(id));
    if (fresh.length) {
      keepVisited([...known, ...fresh.map(({ id }) => id)]);
    }
    const held = this.contains(document.activeElement);
    this.#showPill(jobs);
    this.#showRows(jobs);
    toggle(this, "tray-clear", jobs.some(({ open }) => !open));
    if (!jobs.length) {
      this.#open(false);
    }
    this.hidden = !jobs.length;
    if (held && this.hidden) {
      focusFirst(["main"]);
    }
  }

  /** @param {Job[]} jobs */
  #showPill(jobs) {
    const whole = wholeOf(page().store.state, { except: this.dataset.except });
    const percent = whole?.percent ?? null;
    show(this, "tray-summary", whole ? wholeWords(whole) : jobs.length ? endWords(jobs) : "");
    part(this, "tray-bar")?.toggleAttribute("hidden", percent === null);
    part(this, "tray-fill")?.setAttribute("width", `${percent ?? 0}%`);
  }

  /** @param {Job[]} jobs */
  #showRows(jobs) {
    const rows = part(this, "tray-rows");
    const focused = /** @type {HTMLElement|null} */ (document.activeElement);
    const held = this.contains(focused);
    const ids = new Set(jobs.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (!ids.has(id)) {
        item.remove();
        this.#items.delete(id);
      }
    }
    jobs.forEach((job, index) => {
      const item = this.#items.get(job.id) ?? stamp(this.querySelector("template"));
      this.#items.set(job.id, item);
      if (rows && rows.children[index] !== item) {
        rows.insertBefore(item, rows.children[index] ?? null);
      }
      const row = item.querySelector("tray-row");
      if (row instanceof TrayRow) {
        row.update(job);
      }
    });
    if (held && document.activeElement !== focused) {
      this.contains(focused) ? focused?.focus() : focusFirst(["jobs-tray [aria-expanded]", "main"]);
    }
  }
}

customElements.define("jobs-tray", JobsTray);

// @ts-check
import { announce, part, show, toggle } from "../lib/dom.js";
import { failureWords } from "../lib/failures.js";
import { fileSize, moment } from "../lib/format.js";
import { ApiError, postJson } from "../lib/http.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { milestone } from "../lib/milestones.js";
import { taskView } from "../lib/taskview.js";
import { ProgressBar } from "./progress-bar.js";

/** @import { Output, TaskState } from "../lib/types.js" */
/** @import { TaskView } from "../lib/taskview.js" */

/**
 * @param {Output} picture
 * @returns {HTMLLIElement} a small picture that leads to the whole one
 */
function picturePreview({ url, name }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const image = document.createElement("img");
  Object.assign(link, { href: `${url}?inline`, target: "_blank", rel: "noopener" });
  image.loading = "lazy";
  Object.assign(image, { src: url, alt: name });
  link.append(image);
  item.append(link);
  return item;
}

/** One task: its name and status, its progress while it runs, its result or what went wrong. */
export class TaskCard extends HTMLElement {
  /** @type {TaskState|undefined} */
  #task;

  connectedCallback() {
    this.addEventListener("submit", this.#submit);
    const time = this.#time;
    if (time?.dateTime) {
      time.textContent = moment(time.dateTime);
    }
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#submit);
  }

  get taskId() {
    return this.dataset.taskId ?? "";
  }

  get videoId() {
    return this.dataset.videoId ?? "";
  }

  get #time() {
    return /** @type {HTMLTimeElement|null} */ (part(this, "time"));
  }

  /** @param {TaskState} task */
  update(task) {
    const view = taskView(task);
    announce(milestone(this.#task, task));
    this.#task = task;
    this.dataset.taskId = task.id;
    this.dataset.videoId = task.videoId;
    this.dataset.status = task.status;
    const choice = /** @type {HTMLInputElement|null} */ (part(this, "choice"));
    if (choice) {
      choice.value = task.id;
      choice.setAttribute("aria-label", interpolate(gettext("Choose %(name)s"), { name: view.name }));
    }
    show(this, "name", view.name);
    show(this, "status", view.status);
    show(this, "step", view.step);
    show(this, "wait", view.wait);
    this.#showProgress(view);
    this.#showOrigin(task);
    this.#showResult(task.status === "complete" ? task.outputs : []);
    this.#showFailure(view.failure);
    this.#showActions(view);
  }

  /** @param {TaskView} view */
  #showProgress(view) {
    const bar = this.querySelector("progress-bar");
    if (bar instanceof ProgressBar) {
      bar.label(view.name);
      bar.update(view);
    }
  }

  /** @param {TaskState} task */
  #showOrigin(task) {
    const time = this.#time;
    if (time && task.createdAt) {
      this.dataset.created = task.createdAt;
      time.dateTime = task.createdAt;
      time.textContent = moment(task.createdAt);
    }
    const link = part(this, "video");
    if (link instanceof HTMLAnchorElement && !link.getAttribute("href")) {
      link.href = `/videos/${task.videoId}/`;
      link.textContent = task.videoName || gettext("Open the video");
    }
  }

  /** @param {Output[]} outputs the main output first */
  #showResult(outputs) {
    const [output] = outputs;
    toggle(this, "result", Boolean(output));
    const link = part(this, "download");
    if (output && link instanceof HTMLAnchorElement) {
      link.href = output.url;
      show(this, "output-name", output.name);
      show(this, "output-size", output.bytes ? fileSize(output.bytes) : "");
      this.#showPreviews(outputs.filter(({ preview }) => preview === "image"));
    }
  }

  /** @param {Output[]} pictures */
  #showPreviews(pictures) {
    const strip = part(this, "previews");
    show(this, "ready", pictures.length ? gettext("✅ Pictures ready!") : gettext("✅ Video ready!"));
    toggle(this, "previews", pictures.length > 0);
    const shown = Array.from(strip?.querySelectorAll("img") ?? [], (image) => image.getAttribute("src"));
    if (shown.join() !== pictures.map(({ url }) => url).join()) {
      strip?.replaceChildren(...pictures.map(picturePreview));
    }
  }

  /** @param {{sentence: string, remedy: string}|null} failure */
  #showFailure(failure) {
    toggle(this, "failure", Boolean(failure));
    show(this, "failure-sentence", failure?.sentence ?? "");
    show(this, "failure-remedy", failure?.remedy ?? "");
  }

  /** @param {TaskView} view */
  #showActions({ canCancel, canRetry, canPause, canResume }) {
    const focused = document.activeElement;
    toggle(this, "cancel", canCancel);
    toggle(this, "pause", canPause);
    toggle(this, "resume", canResume);
    toggle(this, "retry", canRetry);
    toggle(this, "actions", canCancel || canRetry);
    if (focused?.closest("[hidden]") && this.contains(focused)) {
      this.#focusTitle();
    }
  }

  /** Where the button that had the focus is gone, the card's title takes it. */
  #focusTitle() {
    const title = part(this, "name");
    title?.setAttribute("tabindex", "-1");
    title?.focus();
  }

  /** @param {SubmitEvent} event */
  #submit = async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (event.submitter);
    const focused = document.activeElement;
    show(this, "action-problem", "");
    button.toggleAttribute("disabled", true);
    try {
      await postJson(`/api/tasks/${this.taskId}/${button.dataset.action}`);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      show(this, "action-problem", failureWords(error.failure).sentence);
    } finally {
      button.toggleAttribute("disabled", false);
      if (focused === button && document.activeElement === document.body) {
        button.closest("[hidden]") ? this.#focusTitle() : button.focus();
      }
    }
  };
}

customElements.define("task-card", TaskCard);

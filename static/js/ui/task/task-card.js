// @ts-check
import { errorText } from "../../api/error-text.js";
import { ApiError, postJson } from "../../api/http.js";
import { fileSize, formatDateTime } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { taskView } from "../../state/task-view.js";
import { taskAnnouncement } from "../shared/announcements.js";
import { announce, part, setText, setVisible } from "../shared/dom.js";
import { ProgressBar } from "../shared/progress-bar.js";

/** @import { Output, TaskState } from "../../api/types.js" */
/** @import { TaskView } from "../../state/task-view.js" */

/**
 * @param {Output} image
 * @returns {HTMLLIElement} a thumbnail that links to the full image
 */
function thumbnail({ url, name }) {
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

/** One task: its name and status, its progress, and its result or error. */
export class TaskCard extends HTMLElement {
  /** @type {TaskState|undefined} */
  #task;

  connectedCallback() {
    this.addEventListener("submit", this.#submit);
    const time = this.#time;
    if (time?.dateTime) {
      time.textContent = formatDateTime(time.dateTime);
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
    announce(taskAnnouncement(this.#task, task));
    this.#task = task;
    this.dataset.taskId = task.id;
    this.dataset.videoId = task.videoId;
    this.dataset.status = task.status;
    const choice = /** @type {HTMLInputElement|null} */ (part(this, "choice"));
    if (choice) {
      choice.value = task.id;
      choice.setAttribute("aria-label", interpolate(gettext("Select %(name)s"), { name: view.name }));
    }
    setText(this, "name", view.name);
    setText(this, "status", view.status);
    setText(this, "step", view.step);
    setText(this, "wait", view.wait);
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
      time.textContent = formatDateTime(task.createdAt);
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
    setVisible(this, "result", Boolean(output));
    const link = part(this, "download");
    if (output && link instanceof HTMLAnchorElement) {
      link.href = output.url;
      setText(this, "output-name", output.name);
      setText(this, "output-size", output.bytes ? fileSize(output.bytes) : "");
      this.#showPreviews(outputs.filter(({ preview }) => preview === "image"));
    }
  }

  /** @param {Output[]} images */
  #showPreviews(images) {
    const strip = part(this, "previews");
    setText(this, "ready", images.length ? gettext("✅ Images ready!") : gettext("✅ Video ready!"));
    setVisible(this, "previews", images.length > 0);
    const shown = Array.from(strip?.querySelectorAll("img") ?? [], (image) => image.getAttribute("src"));
    if (shown.join() !== images.map(({ url }) => url).join()) {
      strip?.replaceChildren(...images.map(thumbnail));
    }
  }

  /** @param {{message: string, remedy: string}|null} failure */
  #showFailure(failure) {
    setVisible(this, "failure", Boolean(failure));
    setText(this, "failure-message", failure?.message ?? "");
    setText(this, "failure-remedy", failure?.remedy ?? "");
  }

  /** @param {TaskView} view */
  #showActions({ canCancel, canRetry, canPause, canResume }) {
    const focused = document.activeElement;
    setVisible(this, "cancel", canCancel);
    setVisible(this, "pause", canPause);
    setVisible(this, "resume", canResume);
    setVisible(this, "retry", canRetry);
    setVisible(this, "actions", canCancel || canRetry);
    if (focused?.closest("[hidden]") && this.contains(focused)) {
      this.#focusTitle();
    }
  }

  /** Move the focus from a button that was hidden to the card's title. */
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
    setText(this, "action-problem", "");
    button.toggleAttribute("disabled", true);
    try {
      await postJson(`/api/tasks/${this.taskId}/${button.dataset.action}`);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      setText(this, "action-problem", errorText(error.failure).message);
    } finally {
      button.toggleAttribute("disabled", false);
      if (focused === button && document.activeElement === document.body) {
        button.closest("[hidden]") ? this.#focusTitle() : button.focus();
      }
    }
  };
}

customElements.define("task-card", TaskCard);

// @ts-check

/** A checkbox that selects all jobs of the page. Hidden without scripts. */
export class SelectAllTasks extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("change", this.#changed);
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#changed);
  }

  /** @param {Event} event */
  #changed = (event) => {
    const { checked } = /** @type {HTMLInputElement} */ (event.target);
    for (const box of document.querySelectorAll('input[name="task"][form="bulk-actions"]')) {
      /** @type {HTMLInputElement} */ (box).checked = checked;
    }
  };
}

customElements.define("select-all-tasks", SelectAllTasks);

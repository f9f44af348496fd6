// @ts-check

/** Runs a few jobs at a time in the order they were added; a job that fails does not block the next. */
export class ConcurrencyQueue {
  /** @type {(() => void)[]} */
  #waiting = [];
  #running = 0;
  #limit;

  /** @param {number} limit how many run at once */
  constructor(limit) {
    this.#limit = limit;
  }

  /** How many jobs wait or run. */
  get length() {
    return this.#waiting.length + this.#running;
  }

  /**
   * @template T
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  async add(job) {
    if (this.#running >= this.#limit) {
      await new Promise((/** @type {(value?: unknown) => void} */ start) => this.#waiting.push(start));
    }
    this.#running += 1;
    try {
      return await job();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

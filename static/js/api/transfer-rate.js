// @ts-check

/** How fast old measurements are forgotten. Seconds. */
const MEMORY_SECONDS = 6;
/** Before that a time left would be a guess. Seconds. */
const SETTLED_SECONDS = 3;

/** Bytes a second, smoothed, from how far an upload was at which time. */
export class Rate {
  #started = 0;
  #at = 0;
  #bytes = 0;
  /** @type {number|null} */
  #rate = null;

  /**
   * The upload begins or goes on: what was measured before counts no more.
   *
   * @param {number} bytes that the server has
   * @param {number} now seconds
   */
  restart(bytes, now) {
    this.#started = now;
    this.#at = now;
    this.#bytes = bytes;
    this.#rate = null;
  }

  /**
   * @param {number} bytes that the server has by now
   * @param {number} now seconds
   */
  measure(bytes, now) {
    const seconds = now - this.#at;
    if (seconds <= 0) {
      return;
    }
    const latest = (bytes - this.#bytes) / seconds;
    const weight = 1 - Math.exp(-seconds / MEMORY_SECONDS);
    this.#rate = this.#rate === null ? latest : this.#rate + weight * (latest - this.#rate);
    this.#at = now;
    this.#bytes = bytes;
  }

  /** Bytes a second; null where none is known yet. */
  get perSecond() {
    return this.#rate;
  }

  /**
   * @param {number} size of the whole, in bytes
   * @returns {number|null} seconds left; null until that means something
   */
  left(size) {
    const settled = this.#at - this.#started >= SETTLED_SECONDS;
    return settled && this.#rate ? (size - this.#bytes) / this.#rate : null;
  }
}

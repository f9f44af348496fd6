// @ts-check

/** Time constant of the smoothing: how fast older measurements lose weight. Seconds. */
const SMOOTHING_SECONDS = 6;
/** No time left is shown before this much has been measured. Seconds. */
const WARM_UP_SECONDS = 3;

/** The smoothed transfer rate of an upload in bytes per second. */
export class TransferRate {
  #startedAt = 0;
  #measuredAt = 0;
  #bytes = 0;
  /** @type {number|null} */
  #rate = null;

  /**
   * The upload starts or resumes: discard earlier measurements.
   *
   * @param {number} bytes that the server has
   * @param {number} now seconds
   */
  restart(bytes, now) {
    this.#startedAt = now;
    this.#measuredAt = now;
    this.#bytes = bytes;
    this.#rate = null;
  }

  /**
   * @param {number} bytes that the server has by now
   * @param {number} now seconds
   */
  measure(bytes, now) {
    const seconds = now - this.#measuredAt;
    if (seconds <= 0) {
      return;
    }
    const latest = (bytes - this.#bytes) / seconds;
    const weight = 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
    this.#rate = this.#rate === null ? latest : this.#rate + weight * (latest - this.#rate);
    this.#measuredAt = now;
    this.#bytes = bytes;
  }

  /** Bytes per second; null before the first measurement. */
  get bytesPerSecond() {
    return this.#rate;
  }

  /**
   * @param {number} size of the file in bytes
   * @returns {number|null} null during the warm-up, and without a rate
   */
  secondsLeft(size) {
    const isWarm = this.#measuredAt - this.#startedAt >= WARM_UP_SECONDS;
    return isWarm && this.#rate ? (size - this.#bytes) / this.#rate : null;
  }
}

// @ts-check

/**
 * Exponential backoff with jitter: 2, 4, 8, 16, then 30 seconds, each longer by up to a quarter so
 * that many pages do not reconnect at the same moment.
 *
 * @param {number} failures how many attempts have failed in a row
 * @param {() => number} [random] from 0 to 1
 * @returns {number} milliseconds to wait before the next attempt
 */
export function reconnectDelay(failures, random = Math.random) {
  return Math.min(2 * 2 ** failures, 30) * 1000 * (1 + 0.25 * random());
}

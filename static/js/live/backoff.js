// @ts-check

/**
 * How long to wait before the next try to connect: 2, 4, 8, 16, then 30 seconds, each longer by
 * up to a quarter so that a thousand pages do not come back at the same moment.
 *
 * @param {number} failures how many tries failed in a row before this wait
 * @param {() => number} [random] from 0 to 1
 * @returns {number} milliseconds
 */
export function reconnectDelay(failures, random = Math.random) {
  return Math.min(2 * 2 ** failures, 30) * 1000 * (1 + 0.25 * random());
}

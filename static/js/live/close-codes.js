// @ts-check

/**
 * The close codes of the server (docs/protocol.md) that change when the page reconnects. After every
 * other code, and after a connection that broke, it reconnects with the usual backoff.
 */

/** The user's access has ended: signed out, or the account was disabled. */
export const ACCESS_ENDED = 4401;

/**
 * Permanent: the server would refuse the same again.
 *
 * @type {ReadonlySet<number>}
 */
const PERMANENT = new Set([1007, 1009, ACCESS_ENDED]);

/** A limit was exceeded (too many sockets or messages): reconnect only after a while. */
const LIMIT_EXCEEDED = new Set([4028, 4029]);
const LIMIT_EXCEEDED_MS = 30_000;

/**
 * @param {number|null} code
 * @returns {boolean}
 */
export function isPermanent(code) {
  return code !== null && PERMANENT.has(code);
}

/**
 * @param {number|null} code
 * @returns {number} milliseconds to wait at least before reconnecting
 */
export function minReconnectDelay(code) {
  return code !== null && LIMIT_EXCEEDED.has(code) ? LIMIT_EXCEEDED_MS : 0;
}

// @ts-check

const MIB = 1024 * 1024;
const MIN_CHUNK = MIB / 4;
const MAX_CHUNK = 8 * MIB;
/** A chunk should take this long, so that the percentage moves about once a second. */
const TARGET_SECONDS = 1;

/** Before the transfer rate is known. Bytes. */
export const FIRST_CHUNK = MIB;

/**
 * @param {number} bytes of the last chunk
 * @param {number} seconds that it took
 * @returns {number} bytes of the next chunk
 */
export function nextChunkSize(bytes, seconds) {
  const fitting = (bytes / Math.max(0.001, seconds)) * TARGET_SECONDS;
  return Math.round(Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, fitting)));
}

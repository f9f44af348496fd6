// @ts-check

/** Uploads that this browser keeps in localStorage, so that a reload can resume them. */
const PREFIX = "vrewcraft.upload:";
/** The window that sends an upload renews its entry this often. Milliseconds. */
const HEARTBEAT_MS = 1000;
/** An entry older than this belongs to a window that was closed. Milliseconds. */
const EXPIRED_MS = 4000;

/**
 * @typedef {object} SavedUpload
 * @property {string} key of the file
 * @property {string} url of the upload
 * @property {string} name
 * @property {number} size bytes
 */

/**
 * The key of a file: the same after a reload.
 *
 * @param {{name: string, size: number, lastModified: number}} file
 * @returns {string}
 */
export function fileKey(file) {
  return `${file.name.normalize("NFC")}|${file.size}|${file.lastModified}`;
}

/** @returns {Storage|null} null where the browser forbids it */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @returns {(SavedUpload & {beat: number})|null}
 */
function read(key) {
  try {
    return JSON.parse(storage()?.getItem(PREFIX + key) ?? "null");
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

/** @param {SavedUpload & {beat: number}} entry */
function write(entry) {
  try {
    storage()?.setItem(PREFIX + entry.key, JSON.stringify(entry));
  } catch (error) {
    // A full storage only means that this upload cannot be resumed after a reload.
    if (!(error instanceof DOMException)) {
      throw error;
    }
  }
}

/**
 * @param {string} key
 * @returns {SavedUpload|null}
 */
export function findSavedUpload(key) {
  return read(key);
}

/** @param {string} key */
export function removeSavedUpload(key) {
  storage()?.removeItem(PREFIX + key);
}

/**
 * Save an upload, and keep it marked as being sent by this window.
 *
 * @param {SavedUpload} upload
 * @returns {() => void} call it when the window has stopped sending
 */
export function saveWhileSending(upload) {
  const renew = () => write({ ...upload, beat: Date.now() });
  const release = () => {
    clearInterval(timer);
    window.removeEventListener("pagehide", release);
    if (read(upload.key)) {
      write({ ...upload, beat: 0 });
    }
  };
  renew();
  const timer = setInterval(renew, HEARTBEAT_MS);
  window.addEventListener("pagehide", release);
  return release;
}

/**
 * The saved uploads that no window is sending.
 *
 * @param {number} [now]
 * @returns {SavedUpload[]}
 */
export function interruptedUploads(now = Date.now()) {
  const keys = Object.keys(storage() ?? {}).filter((name) => name.startsWith(PREFIX));
  return keys
    .map((name) => read(name.slice(PREFIX.length)))
    .filter((entry) => entry !== null)
    .filter((entry) => now - entry.beat > EXPIRED_MS);
}

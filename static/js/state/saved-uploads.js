// @ts-check

/** What this browser remembers of uploads, so that they outlive a reload. */
const PREFIX = "vrewcraft.upload:";
/** A window that sends says so this often; longer silence means that it is gone. Milliseconds. */
const BEAT_MS = 1000;
const SILENT_MS = 4000;

/**
 * @typedef {object} Remembered
 * @property {string} key of the file
 * @property {string} url of the upload
 * @property {string} name
 * @property {number} size bytes
 */

/**
 * The same file has the same key, also after a reload.
 *
 * @param {{name: string, size: number, lastModified: number}} file
 * @returns {string}
 */
export function keyOf(file) {
  return `${file.name.normalize("NFC")}|${file.size}|${file.lastModified}`;
}

/** @returns {Storage|null} null where the browser keeps nothing */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @returns {(Remembered & {beat: number})|null}
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

/** @param {Remembered & {beat: number}} entry */
function write(entry) {
  try {
    storage()?.setItem(PREFIX + entry.key, JSON.stringify(entry));
  } catch (error) {
    // A full storage only means that this upload cannot be taken up after a reload.
    if (!(error instanceof DOMException)) {
      throw error;
    }
  }
}

/**
 * @param {string} key
 * @returns {Remembered|null}
 */
export function recall(key) {
  return read(key);
}

/** @param {string} key */
export function forget(key) {
  storage()?.removeItem(PREFIX + key);
}

/**
 * Remember an upload, and that this window is sending it.
 *
 * @param {Remembered} upload
 * @returns {() => void} call it when the window sends no more
 */
export function hold(upload) {
  const beat = () => write({ ...upload, beat: Date.now() });
  const release = () => {
    clearInterval(timer);
    window.removeEventListener("pagehide", release);
    if (read(upload.key)) {
      write({ ...upload, beat: 0 });
    }
  };
  beat();
  const timer = setInterval(beat, BEAT_MS);
  window.addEventListener("pagehide", release);
  return release;
}

/**
 * The uploads of this browser that no window is sending.
 *
 * @param {number} [now]
 * @returns {Remembered[]}
 */
export function leftBehind(now = Date.now()) {
  const keys = Object.keys(storage() ?? {}).filter((name) => name.startsWith(PREFIX));
  return keys
    .map((name) => read(name.slice(PREFIX.length)))
    .filter((entry) => entry !== null)
    .filter((entry) => now - entry.beat > SILENT_MS);
}

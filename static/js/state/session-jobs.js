// @ts-check

const KEY = "vrewcraft.jobs";
const MAX_SAVED = 50;

/**
 * The tasks that were active during this browser session, the latest last. Kept in sessionStorage: as
 * long as the tab is open, across its pages.
 *
 * @returns {string[]} task ids
 */
export function sessionJobs() {
  try {
    const ids = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(ids) ? ids.map(String) : [];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DOMException) {
      return [];
    }
    throw error;
  }
}

/** @param {string[]} ids of tasks, the latest last; ignored where the browser forbids storage */
export function saveSessionJobs(ids) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ids.slice(-MAX_SAVED)));
  } catch (error) {
    if (!(error instanceof DOMException)) {
      throw error;
    }
  }
}

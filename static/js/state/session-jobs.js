// @ts-check

const KEY = "vrewcraft.jobs";
const MOST = 50;

/**
 * Which jobs were under way during this visit, the latest last. It lasts as long as the browser's tab,
 * over its pages.
 *
 * @returns {string[]} ids of tasks
 */
export function visited() {
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

/** @param {string[]} ids of tasks, the latest last; where nothing can be kept, that is no harm */
export function keepVisited(ids) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ids.slice(-MOST)));
  } catch (error) {
    if (!(error instanceof DOMException)) {
      throw error;
    }
  }
}

// @ts-check
/** @import { PageData } from "./api/types.js" */

/** @type {PageData} */
const EMPTY = { language: "en", catalog: {}, errors: {}, operations: {}, steps: {}, statuses: {} };

/** @type {PageData|null} */
let current = null;

/** @returns {PageData} */
function read() {
  const script = globalThis.document?.getElementById("page-data");
  return script?.textContent ? { ...EMPTY, ...JSON.parse(script.textContent) } : EMPTY;
}

/**
 * What the server embedded in the page: its language and its texts.
 *
 * @returns {PageData}
 */
export function pageData() {
  current ??= read();
  return current;
}

/**
 * Replace the page's data (for tests). Without an argument it is read from the page again.
 *
 * @param {Partial<PageData>} [data]
 */
export function setPageData(data) {
  current = data ? { ...EMPTY, ...data } : null;
}

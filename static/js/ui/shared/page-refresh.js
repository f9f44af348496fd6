// @ts-check

/** Requests within this time are merged into one. Milliseconds. */
const DEBOUNCE_MS = 150;

/** @type {Promise<Document|null>|null} */
let pending = null;

/** @returns {Promise<Document|null>} null where the request failed */
async function fetchPage() {
  await new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MS));
  pending = null;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch (error) {
    if (error instanceof TypeError) {
      return null;
    }
    throw error;
  }
}

/**
 * Fetch the page at the current address again.
 *
 * @returns {Promise<Document|null>}
 */
export function fetchCurrentPage() {
  pending ??= fetchPage();
  return pending;
}

/**
 * Replace an element by its fetched version. A copy is inserted, whose custom elements are upgraded
 * before it enters the page, so that parents find their children. Open <details> stay open.
 *
 * @param {Element} old
 * @param {Element} fresh
 */
export function replaceElement(old, fresh) {
  const copy = document.importNode(fresh, true);
  for (const { id } of old.querySelectorAll("details[id][open]")) {
    copy.querySelector(`details[id="${id}"]`)?.setAttribute("open", "");
  }
  old.replaceWith(copy);
}

/**
 * Replace an element by the version of it, found by its id, that the server renders now.
 *
 * @param {Element} element
 */
export async function refreshElement(element) {
  const fresh = (await fetchCurrentPage())?.getElementById(element.id);
  if (fresh && element.isConnected) {
    replaceElement(element, fresh);
  }
}

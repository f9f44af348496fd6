// @ts-check

/** Changes within this time share one request. Milliseconds. */
const TOGETHER_MS = 150;

/** @type {Promise<Document|null>|null} */
let underWay = null;

/** @returns {Promise<Document|null>} null where the server did not give the page */
async function fetchPage() {
  await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
  underWay = null;
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
 * This page as the server would send it now.
 *
 * @returns {Promise<Document|null>}
 */
export function freshPage() {
  underWay ??= fetchPage();
  return underWay;
}

/**
 * Put a fresh element in an old one's place. It is a copy: its custom elements work before it
 * enters the page, so parents find their children. What was unfolded stays so.
 *
 * @param {Element} old
 * @param {Element} fresh
 */
export function replace(old, fresh) {
  const copy = document.importNode(fresh, true);
  for (const { id } of old.querySelectorAll("details[id][open]")) {
    copy.querySelector(`details[id="${id}"]`)?.setAttribute("open", "");
  }
  old.replaceWith(copy);
}

/**
 * Bring the element with this id up to the server's state.
 *
 * @param {Element} element
 */
export async function refresh(element) {
  const fresh = (await freshPage())?.getElementById(element.id);
  if (fresh && element.isConnected) {
    replace(element, fresh);
  }
}

// @ts-check

/**
 * A named part of an element's HTML.
 *
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement|null}
 */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/**
 * Show a text in a part, or hide the part where there is none.
 *
 * @param {ParentNode} root
 * @param {string} name
 * @param {string} text
 */
export function show(root, name, text) {
  const element = part(root, name);
  if (!element) {
    return;
  }
  if (element.textContent !== text) {
    element.textContent = text;
  }
  element.hidden = !text;
}

/**
 * @param {ParentNode} root
 * @param {string} name
 * @param {boolean} visible
 */
export function toggle(root, name, visible) {
  const element = part(root, name);
  if (element) {
    element.hidden = !visible;
  }
}

/**
 * The first element of a template's copy.
 *
 * @param {HTMLTemplateElement|null} template
 * @returns {HTMLElement}
 */
export function stamp(template) {
  const element = template?.content.firstElementChild;
  if (!element) {
    throw new Error("The page lacks a template.");
  }
  return /** @type {HTMLElement} */ (document.importNode(element, true));
}

/**
 * Focus the first element that is found and shown.
 *
 * @param {string[]} selectors the best first
 */
export function focusFirst(selectors) {
  for (const selector of selectors) {
    const found = Array.from(document.querySelectorAll(selector));
    const shown = /** @type {HTMLElement|undefined} */ (found.find((each) => !each.closest("[hidden]")));
    if (shown) {
      shown.focus();
      return;
    }
  }
}

/**
 * Tell screen readers, politely.
 *
 * @param {string} text
 */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region && text) {
    region.textContent = text;
  }
}

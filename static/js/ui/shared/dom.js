// @ts-check

/**
 * The element with this `data-part` name inside a root.
 *
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement|null}
 */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/**
 * Set a part's text; hide the part where the text is empty.
 *
 * @param {ParentNode} root
 * @param {string} name
 * @param {string} text
 */
export function setText(root, name, text) {
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
export function setVisible(root, name, visible) {
  const element = part(root, name);
  if (element) {
    element.hidden = !visible;
  }
}

/**
 * Clone a template and return its first element.
 *
 * @param {HTMLTemplateElement|null} template
 * @returns {HTMLElement}
 */
export function cloneTemplate(template) {
  const element = template?.content.firstElementChild;
  if (!element) {
    throw new Error("The page lacks a template.");
  }
  return /** @type {HTMLElement} */ (document.importNode(element, true));
}

/**
 * Focus the first visible element.
 *
 * @param {string[]} selectors in order of preference
 */
export function focusFirst(selectors) {
  for (const selector of selectors) {
    const matches = Array.from(document.querySelectorAll(selector));
    const visible = /** @type {HTMLElement|undefined} */ (matches.find((each) => !each.closest("[hidden]")));
    if (visible) {
      visible.focus();
      return;
    }
  }
}

/**
 * Announce a text to screen readers by the polite live region.
 *
 * @param {string} text
 */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region && text) {
    region.textContent = text;
  }
}

// @ts-check
import { pageData } from "./page-data.js";

/**
 * The text in the page's language, or the English text itself.
 *
 * @param {string} text
 * @returns {string}
 */
export function gettext(text) {
  return pageData().catalog[text] || text;
}

/**
 * Fill `%(name)s` places of a text. A place without a value stays as it is.
 *
 * @param {string} text
 * @param {Record<string, string|number>} values
 * @returns {string}
 */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}

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
 * Fill the `%(name)s` placeholders of a text. One without a value stays as it is.
 *
 * @param {string} text
 * @param {Record<string, string|number>} values
 * @returns {string}
 */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (placeholder, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : placeholder,
  );
}

// @ts-check
import { part, setVisible } from "../shared/dom.js";

/**
 * Say that the edit was started, or offer the existing result.
 *
 * @param {HTMLElement} form
 * @param {string|null} existingUrl of an existing result; empty: a task was created; null: neither
 */
export function showEditResult(form, existingUrl) {
  setVisible(form, "started", existingUrl === "");
  setVisible(form, "existing-result", Boolean(existingUrl));
  const link = part(form, "existing-link");
  if (link instanceof HTMLAnchorElement && existingUrl) {
    link.href = existingUrl;
  }
}

/**
 * A form's values as the API takes them: numbers as numbers, groups of checkboxes as lists, empty
 * fields left out. Text in a number field becomes an empty string, which the server refuses with a
 * message for that field.
 *
 * @param {HTMLFormElement} form
 * @returns {Record<string, unknown>}
 */
export function formParams(form) {
  /** @type {Record<string, unknown>} */
  const params = {};
  for (const field of form.querySelectorAll("input[name], select[name], textarea[name]")) {
    const { name, type, value, checked, validity } = /** @type {HTMLInputElement} */ (field);
    if (type === "hidden" || (type === "radio" && !checked)) {
      continue;
    }
    if (field.closest("[data-list]")) {
      params[name] = [...(/** @type {string[]} */ (params[name] ?? [])), ...(checked ? [value] : [])];
    } else if (type === "checkbox") {
      params[name] = checked;
    } else if (type === "number" && validity?.badInput) {
      params[name] = "";
    } else if (value !== "") {
      params[name] = type === "number" ? Number(value) : value;
    }
  }
  return params;
}

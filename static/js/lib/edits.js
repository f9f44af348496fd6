// @ts-check
import { postJson, uniqueKey } from "./http.js";
import { page } from "./page.js";

/**
 * Ask for an edit, and show its card until the server's own word of it comes.
 *
 * @param {string} operation slug
 * @param {string} videoId
 * @param {Record<string, unknown>} params
 * @returns {Promise<void>}
 */
export async function startEdit(operation, videoId, params) {
  const key = { "Idempotency-Key": uniqueKey() };
  const { taskId } = await postJson(`/api/edit/${operation}`, { videoId, ...params }, key);
  const createdAt = new Date().toISOString();
  const data = { id: taskId, operation, status: "pending", seq: -1, createdAt };
  if (!page().store.state.tasks[taskId]) {
    page().store.apply({ type: "task", videoId, data });
  }
}

/**
 * A form's values as an edit takes them: numbers as numbers, groups of checkboxes as lists, empty
 * fields left out. Text in a number field stays text, so that the server says what is wrong with it.
 *
 * @param {HTMLFormElement} form
 * @returns {Record<string, unknown>}
 */
export function paramsOf(form) {
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

// @ts-check
import { part, toggle } from "../ui/shared/dom.js";
import { postJson, uniqueKey } from "./http.js";
import { page } from "../live/page.js";

/**
 * Ask for an edit, and show its card until the server's own word of it comes.
 *
 * @param {string} operation slug
 * @param {string} videoId
 * @param {Record<string, unknown>} params with `again` also where the same was made before
 * @returns {Promise<string>} where the result is that was made before, nothing where work has begun
 */
export async function startEdit(operation, videoId, params) {
  const key = { "Idempotency-Key": uniqueKey() };
  const answer = await postJson(`/api/edit/${operation}`, { videoId, ...params }, key);
  if (answer.alreadyMade) {
    return answer.outputUrl ?? "";
  }
  const { taskId } = answer;
  const createdAt = new Date().toISOString();
  const data = { id: taskId, operation, status: "pending", seq: -1, createdAt };
  if (!page().store.state.tasks[taskId]) {
    page().store.apply({ type: "task", videoId, data });
  }
  return "";
}

/**
 * Say that work has begun, or offer what was made before.
 *
 * @param {HTMLElement} form
 * @param {string|null} madeUrl of what was made before; null: nothing was asked for
 */
export function tellStarted(form, madeUrl) {
  toggle(form, "started", madeUrl === "");
  toggle(form, "made", Boolean(madeUrl));
  const link = part(form, "made-link");
  if (link instanceof HTMLAnchorElement && madeUrl) {
    link.href = madeUrl;
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

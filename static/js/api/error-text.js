// @ts-check
import { pageData } from "../page-data.js";

/** @import { Failure } from "./types.js" */

/**
 * Fill `{name}` placeholders.
 *
 * @param {string} template
 * @param {Record<string, string|number>} args
 * @returns {string|null} null where a value is missing: a raw placeholder is never shown
 */
function fill(template, args) {
  let complete = true;
  const text = template.replace(/\{(\w+)\}/g, (placeholder, name) => {
    complete &&= Object.hasOwn(args, name);
    return complete ? String(args[name]) : placeholder;
  });
  return complete ? text : null;
}

/**
 * The text of a failure in the page's language, found by its code. The server's own English text
 * where this page does not know the code.
 *
 * @param {Failure} failure
 * @returns {{message: string, remedy: string}}
 */
export function errorText(failure) {
  const known = pageData().errors[failure.code ?? ""];
  const args = failure.args ?? {};
  return {
    message: (known && fill(known.message, args)) || failure.error,
    remedy: (known && fill(known.remedy, args)) || failure.remedy || "",
  };
}

/**
 * The messages of each refused field, in the page's language.
 *
 * @param {Failure} failure
 * @returns {Record<string, string>} message by field name
 */
export function fieldErrors({ fields = {}, fieldCodes = {}, fieldArgs = {}, args }) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, error]) => [
      name,
      errorText({ error, code: fieldCodes[name], args: { ...args, ...fieldArgs[name] } }).message,
    ]),
  );
}

// @ts-check
import { pageData } from "../page-data.js";

/** @import { Failure } from "./types.js" */

/**
 * Fill `{name}` places. Null where a value is missing, so that nobody reads a raw place.
 *
 * @param {string} template
 * @param {Record<string, string|number>} args
 * @returns {string|null}
 */
function fill(template, args) {
  let whole = true;
  const text = template.replace(/\{(\w+)\}/g, (place, name) => {
    whole &&= Object.hasOwn(args, name);
    return whole ? String(args[name]) : place;
  });
  return whole ? text : null;
}

/**
 * A failure in the page's language by its code; by the server's own words where the code is
 * unknown here.
 *
 * @param {Failure} failure
 * @returns {{sentence: string, remedy: string}}
 */
export function failureWords(failure) {
  const words = pageData().errors[failure.code ?? ""];
  const args = failure.args ?? {};
  return {
    sentence: (words && fill(words.sentence, args)) || failure.error,
    remedy: (words && fill(words.remedy, args)) || failure.remedy || "",
  };
}

/**
 * What is wrong with each field that a refusal names, in the page's language.
 *
 * @param {Failure} failure
 * @returns {Record<string, string>} a sentence by field
 */
export function fieldWords({ fields = {}, fieldCodes = {}, fieldArgs = {}, args }) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, error]) => [
      name,
      failureWords({ error, code: fieldCodes[name], args: { ...args, ...fieldArgs[name] } }).sentence,
    ]),
  );
}

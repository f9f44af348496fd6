// @ts-check
import { gettext } from "../i18n.js";

/** @import { Failure } from "./types.js" */

/** A request that the server refused or did not answer. */
export class ApiError extends Error {
  /** @param {Failure} failure */
  constructor(failure) {
    super(failure.error);
    this.name = "ApiError";
    this.failure = failure;
  }
}

/** @returns {ApiError} */
export function unreachable() {
  return new ApiError({
    error: gettext("The server could not be reached."),
    remedy: gettext("Make sure it is running, then try again."),
  });
}

/**
 * The body of a response as JSON; an empty object where it is not an object.
 *
 * @param {string} text
 * @returns {Record<string, any>}
 */
function parseBody(text) {
  try {
    const body = JSON.parse(text);
    return body && typeof body === "object" ? body : {};
  } catch (error) {
    if (error instanceof SyntaxError) {
      return {};
    }
    throw error;
  }
}

/**
 * @param {number} status
 * @param {string} text
 * @returns {Record<string, any>} the body of a successful response
 * @throws {ApiError} where the response is an error
 */
export function readAnswer(status, text) {
  const body = parseBody(text);
  if (status >= 200 && status < 300) {
    return body;
  }
  throw new ApiError({
    ...body,
    error: typeof body.error === "string" ? body.error : gettext("The server returned an error."),
  });
}

/** @returns {string} the token that Django expects with every unsafe request */
export function csrfToken() {
  /** @type {HTMLInputElement|null} */
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field?.value ?? "";
}

/**
 * A key that no other request has. `crypto.randomUUID` is missing on plain HTTP, so it is not used.
 *
 * @returns {string}
 */
export function uniqueKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Record<string, any>>}
 */
export async function request(url, options) {
  let answer;
  let text;
  try {
    answer = await fetch(url, { credentials: "same-origin", ...options });
    text = await answer.text();
  } catch (error) {
    if (error instanceof TypeError) {
      throw unreachable();
    }
    throw error;
  }
  return readAnswer(answer.status, text);
}

/**
 * @param {string} url
 * @returns {Promise<Record<string, any>>}
 */
export function getJson(url) {
  return request(url, { headers: { Accept: "application/json" } });
}

/**
 * @param {string} url
 * @returns {Promise<Record<string, any>>}
 */
export function deleteJson(url) {
  return request(url, {
    method: "DELETE",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
  });
}

/**
 * @param {string} url
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Record<string, any>>}
 */
export function postJson(url, body = {}, headers = {}) {
  return request(url, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": csrfToken(),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

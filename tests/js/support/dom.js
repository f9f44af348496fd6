import { readFileSync } from "node:fs";
import { Window } from "happy-dom";

import { setPageData } from "../../../static/js/page-data.js";

const TEMPLATES = new URL("../../../templates/", import.meta.url);
const NAMES = [
  "document", "customElements", "location", "HTMLElement", "HTMLAnchorElement", "HTMLInputElement",
  "Element", "DOMParser", "history",
];

/** Give this process a browser's globals, once, before any element is imported. */
export function openWindow() {
  const window = new Window({ url: "http://127.0.0.1:8000/" });
  globalThis.window = window;
  for (const name of NAMES) {
    globalThis[name] = window[name];
  }
  setPageData({ language: "en" });
  return window;
}

const INCLUDE = /\{% include "([^"]+)"([^%]*)%\}/g;
const LITERAL = /(\w+)="([^"]*)"/g;
const TRANSLATE = /\{% translate (?:'([^']*)'|"([^"]*)")[^%]*%\}/g;
const VARIABLE = /\{\{ (.*?) \}\}/g;

/**
 * The markup of a template as a page has it before anything is filled in: included partials in
 * place, variables from `values`, everything else of Django's left out.
 */
export function markup(name, values = {}) {
  return readFileSync(new URL(name, TEMPLATES), "utf8")
    .replace(INCLUDE, (_, included, literals) => {
      const own = [...literals.matchAll(LITERAL)].map(([, key, value]) => [key, value]);
      return markup(included, { ...values, ...Object.fromEntries(own) });
    })
    .replace(TRANSLATE, (_, single, double) => single ?? double)
    .replace(VARIABLE, (_, key) => values[key] ?? "")
    .replace(/\{%[^%]*%\}/g, "");
}

/** Fill the page as a browser does: elements are connected once their children are there. */
export function fillBody(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  document.body.replaceChildren(document.importNode(template.content, true));
}

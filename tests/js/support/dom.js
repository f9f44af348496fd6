import { readFileSync } from "node:fs";
import { Window } from "happy-dom";

import { setPageData } from "../../../static/js/lib/pagedata.js";

const TEMPLATES = new URL("../../../templates/", import.meta.url);
const NAMES = [
  "document", "customElements", "location", "HTMLElement", "HTMLAnchorElement", "HTMLInputElement",
  "Element", "Event", "CustomEvent", "DOMParser",
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

/**
 * The markup of a template as a page has it before anything is filled in: included partials in
 * place, everything else of Django's left out.
 */
export function markup(name) {
  return readFileSync(new URL(name, TEMPLATES), "utf8")
    .replace(/\{% include "([^"]+)"[^%]*%\}/g, (_, included) => markup(included))
    .replace(/\{% translate (?:'([^']*)'|"([^"]*)")[^%]*%\}/g, (_, a, b) => a ?? b)
    .replace(/\{%[^%]*%\}|\{\{[^}]*\}\}/g, "");
}

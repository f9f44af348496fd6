import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const read = (folder, suffix) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true })
    .filter((name) => name.endsWith(suffix))
    .map((name) => readFileSync(new URL(name, new URL(folder, import.meta.url)), "utf8"))
    .join("\n");

const templates = read("../../../templates/", ".html");
const elements = read("../../../static/js/ui/", ".js");
const main = readFileSync(new URL("../../../static/js/main.js", import.meta.url), "utf8");
const found = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];

test("every part that an element fills is in a template", () => {
  const written = templates.replaceAll("{{ name }}", "startTime");
  for (const name of found(elements, /\b(?:setText|setVisible|part)\(this, "([\w-]+)"/g)) {
    assert.ok(written.includes(`data-part="${name}"`), name);
  }
});

test("every custom element of the templates is defined, and loaded by main.js", () => {
  const defined = found(elements, /customElements\.define\("([\w-]+)"/g);
  for (const name of found(templates, /<([a-z]+-[a-z-]+)[\s>]/g)) {
    assert.ok(defined.includes(name), name);
    assert.match(main, new RegExp(`"./ui/\\w+/${name}\\.js"`));
  }
});

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { gettext, interpolate } from "../../static/js/i18n.js";
import { setPageData } from "../../static/js/page-data.js";
import { KOREAN } from "./support/tasks.js";

afterEach(() => setPageData());

test("texts without a translation stay English", () => {
  assert.equal(gettext("Complete!"), "Complete!");
  setPageData(KOREAN);
  assert.equal(gettext("Complete!"), "완료!");
  assert.equal(gettext("Something new"), "Something new");
});

test("known placeholders are filled, unknown ones stay", () => {
  assert.equal(interpolate("%(a)s of %(b)s, %(c)s", { a: 1, b: "two" }), "1 of two, %(c)s");
});

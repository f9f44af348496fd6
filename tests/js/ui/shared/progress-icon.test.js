import assert from "node:assert/strict";
import { test } from "node:test";

import { ringIcon } from "../../../../static/js/ui/shared/progress-icon.js";

test("the ring of the icon is filled to the percentage", () => {
  const dashes = (percent) => decodeURIComponent(ringIcon(percent)).match(/stroke-dasharray="([\d.]+) ([\d.]+)"/);
  assert.equal(dashes(0)[1], "0.0");
  assert.ok(Math.abs(dashes(50)[1] - dashes(50)[2] / 2) < 0.1);
  assert.equal(dashes(100)[1], dashes(100)[2]);
});

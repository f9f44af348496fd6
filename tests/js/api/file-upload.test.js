import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";

import { openWindow } from "../support/dom.js";

openWindow();
const { Line } = await import("../../../static/js/api/file-upload.js");
const { forget, hold, keyOf, leftBehind, recall } = await import("../../../static/js/state/saved-uploads.js");
const { Rate } = await import("../../../static/js/api/transfer-rate.js");

const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

describe("a line of jobs", () => {
  const log = [];
  const job = (name) => async () => {
    log.push(`${name} starts`);
    await pause();
    log.push(`${name} ends`);
    return name;
  };

  beforeEach(() => log.splice(0));

  test("runs them one after another, in order", async () => {
    const line = new Line(1);
    assert.deepEqual(await Promise.all([line.add(job("a")), line.add(job("b"))]), ["a", "b"]);
    assert.deepEqual(log, ["a starts", "a ends", "b starts", "b ends"]);
    assert.equal(line.length, 0);
  });

  test("runs as many at once as it has places", async () => {
    const line = new Line(2);
    const all = Promise.all(["a", "b", "c"].map((name) => line.add(job(name))));
    await Promise.resolve();
    assert.deepEqual(log, ["a starts", "b starts"]);
    assert.equal(line.length, 3);
    await all;
    assert.equal(log.indexOf("c starts") > log.indexOf("a ends"), true);
  });

  test("goes on after one that failed", async () => {
    const line = new Line(1);
    const failed = line.add(async () => {
      throw new Error("no");
    });
    const next = line.add(async () => "yes");
    assert.equal(line.length, 2);
    await assert.rejects(failed, /no/);
    assert.equal(await next, "yes");
  });
});

describe("a rate", () => {
  const steady = (perSecond, seconds) => {
    const rate = new Rate();
    rate.restart(0, 100);
    for (let at = 1; at <= seconds; at += 1) {
      rate.measure(at * perSecond, 100 + at);
    }
    return rate;
  };

  test("of a steady line is its speed", () => {
    assert.equal(Math.round(steady(1000, 10).perSecond), 1000);
    assert.equal(Math.round(steady(1000, 10).left(20_000)), 10);
  });

  test("is smoothed: one slow chunk does not halve it", () => {
    const rate = steady(1000, 10);
    rate.measure(10_100, 111);
    assert.equal(rate.perSecond > 800, true);
  });

  test("tells no time left before it means something", () => {
    assert.equal(new Rate().left(10), null);
    assert.equal(steady(1000, 2).left(20_000), null);
  });

  test("forgets what was before a pause", () => {
    const rate = steady(1000, 10);
    rate.restart(10_000, 500);
    assert.equal(rate.perSecond, null);
    rate.measure(10_500, 501);
    assert.equal(rate.perSecond, 500);
  });

  test("is not fooled by two measurements at one moment", () => {
    const rate = steady(1000, 5);
    rate.measure(6000, 105);
    assert.equal(Math.round(rate.perSecond), 1000);
  });
});

describe("what a browser remembers of uploads", () => {
  const file = { name: "talk.mp4", size: 10, lastModified: 5 };
  const upload = { key: keyOf(file), url: "/api/uploads/1", name: "talk.mp4", size: 10 };

  beforeEach(() => {
    window.localStorage.clear();
    mock.timers.enable({ apis: ["setInterval", "Date"], now: 1_000_000 });
  });

  afterEach(() => mock.timers.reset());

  test("is found again by the same file, however its name is composed", () => {
    hold({ ...upload, key: keyOf({ ...file, name: "\u1100\u1161.mp4" }) })();
    assert.equal(recall(keyOf({ ...file, name: "\uac00.mp4" })).url, "/api/uploads/1");
    assert.equal(recall(keyOf({ ...file, size: 11 })), null);
  });

  test("is left behind once its window is gone", () => {
    const release = hold(upload);
    assert.deepEqual(leftBehind(), []);
    release();
    assert.deepEqual(leftBehind().map(({ url }) => url), ["/api/uploads/1"]);
  });

  test("is left behind by a window that crashed, after a while", () => {
    hold(upload);
    mock.timers.tick(60_000);
    assert.deepEqual(leftBehind(), []);
    assert.equal(leftBehind(Date.now() + 10_000).length, 1);
  });

  test("is forgotten for good", () => {
    const release = hold(upload);
    forget(upload.key);
    release();
    assert.equal(recall(upload.key), null);
  });

  test("may be spoilt without harm", () => {
    window.localStorage.setItem("vrewcraft.upload:x", "{");
    assert.deepEqual(leftBehind(), []);
  });
});

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { ConcurrencyQueue } from "../../../../static/js/ui/upload/concurrency-queue.js";

const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

describe("a queue of jobs", () => {
  const log = [];
  const job = (name) => async () => {
    log.push(`${name} starts`);
    await pause();
    log.push(`${name} ends`);
    return name;
  };

  beforeEach(() => log.splice(0));

  test("runs them one after another, in order", async () => {
    const queue = new ConcurrencyQueue(1);
    assert.deepEqual(await Promise.all([queue.add(job("a")), queue.add(job("b"))]), ["a", "b"]);
    assert.deepEqual(log, ["a starts", "a ends", "b starts", "b ends"]);
    assert.equal(queue.length, 0);
  });

  test("runs as many at once as its limit", async () => {
    const queue = new ConcurrencyQueue(2);
    const all = Promise.all(["a", "b", "c"].map((name) => queue.add(job(name))));
    await Promise.resolve();
    assert.deepEqual(log, ["a starts", "b starts"]);
    assert.equal(queue.length, 3);
    await all;
    assert.equal(log.indexOf("c starts") > log.indexOf("a ends"), true);
  });

  test("continues after a job that failed", async () => {
    const queue = new ConcurrencyQueue(1);
    const failed = queue.add(async () => {
      throw new Error("no");
    });
    const next = queue.add(async () => "yes");
    assert.equal(queue.length, 2);
    await assert.rejects(failed, /no/);
    assert.equal(await next, "yes");
  });
});

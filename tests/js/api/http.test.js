import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { ApiError, getJson, postJson, readAnswer, uniqueKey } from "../../../static/js/api/http.js";

const saved = { document: globalThis.document, fetch: globalThis.fetch };

beforeEach(() => {
  globalThis.document = { getElementById: () => null, querySelector: () => ({ value: "the-token" }) };
});

afterEach(() => Object.assign(globalThis, saved));

describe("a response", () => {
  test("that succeeded is parsed", () => {
    assert.deepEqual(readAnswer(202, '{"taskId":"t1"}'), { taskId: "t1" });
    assert.deepEqual(readAnswer(204, ""), {});
  });

  test("that is an error throws its message, code and remedy", () => {
    const body = { error: "The file is empty.", code: "empty_file", remedy: "Choose it again." };
    assert.throws(() => readAnswer(422, JSON.stringify(body)), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual(error.failure, body);
      return true;
    });
  });

  test("that is not JSON throws a general message", () => {
    assert.throws(() => readAnswer(502, "<h1>Bad gateway</h1>"), /The server returned an error/);
    assert.throws(() => readAnswer(500, "null"), ApiError);
  });
});

describe("a request", () => {
  test("carries the CSRF token and JSON", async () => {
    let seen;
    globalThis.fetch = async (url, options) => {
      seen = { url, ...options };
      return new Response('{"taskId":"t1"}', { status: 202 });
    };
    const answer = await postJson("/api/edit/trim", { startTime: 1 }, { "Idempotency-Key": "k" });
    assert.deepEqual(answer, { taskId: "t1" });
    assert.equal(seen.headers["X-CSRFToken"], "the-token");
    assert.equal(seen.headers["Idempotency-Key"], "k");
    assert.equal(seen.body, '{"startTime":1}');
  });

  test("that cannot reach the server throws an error that says so", async () => {
    globalThis.fetch = async () => {
      throw new TypeError("Failed to fetch");
    };
    await assert.rejects(getJson("/api/videos/1"), /The server could not be reached/);
  });

  test("has a unique idempotency key", () => {
    const keys = new Set(Array.from({ length: 100 }, uniqueKey));
    assert.equal(keys.size, 100);
    assert.match([...keys][0], /^[0-9a-f]{32}$/);
  });
});

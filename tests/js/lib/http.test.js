import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { ApiError, getJson, postJson, readAnswer, uniqueKey } from "../../../static/js/lib/http.js";
import { Line, uploadFile } from "../../../static/js/lib/upload.js";

const saved = { document: globalThis.document, fetch: globalThis.fetch, XMLHttpRequest: globalThis.XMLHttpRequest };

beforeEach(() => {
  globalThis.document = { getElementById: () => null, querySelector: () => ({ value: "the-token" }) };
});

afterEach(() => Object.assign(globalThis, saved));

describe("an answer", () => {
  test("that is good gives its body", () => {
    assert.deepEqual(readAnswer(202, '{"taskId":"t1"}'), { taskId: "t1" });
    assert.deepEqual(readAnswer(204, ""), {});
  });

  test("that is an error gives its sentence, code and remedy", () => {
    const body = { error: "The file is empty.", code: "empty_file", remedy: "Choose it again." };
    assert.throws(() => readAnswer(422, JSON.stringify(body)), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual(error.failure, body);
      return true;
    });
  });

  test("that is no JSON still gives a sentence", () => {
    assert.throws(() => readAnswer(502, "<h1>Bad gateway</h1>"), /The server answered with an error/);
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

  test("that reaches nobody says so", async () => {
    globalThis.fetch = async () => {
      throw new TypeError("Failed to fetch");
    };
    await assert.rejects(getJson("/api/videos/1"), /The server could not be reached/);
  });

  test("has a key of its own", () => {
    const keys = new Set(Array.from({ length: 100 }, uniqueKey));
    assert.equal(keys.size, 100);
    assert.match([...keys][0], /^[0-9a-f]{32}$/);
  });
});

describe("an upload", () => {
  let request;

  class FakeRequest {
    upload = {};
    headers = {};

    constructor() {
      request = this;
    }

    open(method, url) {
      Object.assign(this, { method, url });
    }

    setRequestHeader(name, value) {
      this.headers[name] = value;
    }

    send(body) {
      this.body = body;
    }

    abort() {
      this.onabort();
    }

    answer(status, responseText) {
      Object.assign(this, { status, responseText });
      this.onload();
    }
  }

  const start = (options = {}) =>
    uploadFile(new File(["12345"], "talk.mp4"), { onProgress: () => {}, signal: new AbortController().signal, ...options });

  beforeEach(() => {
    globalThis.XMLHttpRequest = FakeRequest;
  });

  test("sends the file in the field video and tells where the video is", async () => {
    const sent = start();
    assert.equal(request.url, "/api/upload");
    assert.equal(request.headers["X-CSRFToken"], "the-token");
    assert.equal(request.body.get("video").name, "talk.mp4");
    request.answer(201, '{"videoId":"v1","url":"/videos/v1/"}');
    assert.deepEqual(await sent, { videoId: "v1", url: "/videos/v1/" });
  });

  test("tells its percent", async () => {
    const seen = [];
    const sent = start({ onProgress: (percent) => seen.push(percent) });
    request.upload.onprogress({ lengthComputable: true, loaded: 1, total: 4 });
    request.upload.onprogress({ lengthComputable: false, loaded: 2, total: 0 });
    request.upload.onprogress({ lengthComputable: true, loaded: 4, total: 4 });
    request.answer(201, "{}");
    await sent;
    assert.deepEqual(seen, [25, 100]);
  });

  test("that is refused says why", async () => {
    const sent = start();
    request.answer(413, '{"error":"The upload is larger than the limit of 4 GB."}');
    await assert.rejects(sent, /larger than the limit/);
  });

  test("that loses the line says so", async () => {
    const sent = start();
    request.onerror();
    await assert.rejects(sent, /could not be reached/);
  });

  test("can be stopped", async () => {
    const stop = new AbortController();
    const sent = start({ signal: stop.signal });
    stop.abort();
    await assert.rejects(sent, { name: "AbortError" });
  });
});

describe("a line of jobs", () => {
  test("runs them one after another, in order", async () => {
    const line = new Line();
    const log = [];
    const job = (name) => async () => {
      log.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      log.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([line.add(job("a")), line.add(job("b"))]);
    assert.deepEqual(results, ["a", "b"]);
    assert.deepEqual(log, ["a starts", "a ends", "b starts", "b ends"]);
    assert.equal(line.length, 0);
  });

  test("goes on after one that failed", async () => {
    const line = new Line();
    const failed = line.add(async () => {
      throw new Error("no");
    });
    const next = line.add(async () => "yes");
    assert.equal(line.length, 2);
    await assert.rejects(failed, /no/);
    assert.equal(await next, "yes");
  });
});

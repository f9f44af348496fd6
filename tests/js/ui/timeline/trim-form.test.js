import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { markup } from "../../support/dom.js";
import { PageEvent, put, requests, settled, text } from "../../support/elements.js";
import { FakeSocket } from "../../support/socket.js";

describe("<trim-form>", () => {
  const form = () => {
    put(
      markup("_trim_form.html", {
        "video.id": "v1",
        "video.duration|unlocalize": "40",
        "video.keyframes_json_url": "/api/videos/v1",
      }),
    );
    document.querySelector("input[value=fast]").checked = true;
    type("startTime", "10");
    type("endTime", "30");
    return document.querySelector("trim-form");
  };
  const button = () => document.querySelector("button[type=submit]");
  const type = (name, value) => {
    const field = document.querySelector(`input[name=${name}]`);
    field.value = value;
    field.dispatchEvent(new PageEvent("input", { bubbles: true }));
  };
  const send = async (element) => {
    element.querySelector("form").dispatchEvent(new PageEvent("submit", { bubbles: true, cancelable: true }));
    await settled();
  };
  const posts = () => requests.filter((request) => request.method === "POST");

  test("can be submitted while connected and with valid times", () => {
    form();
    assert.equal(button().disabled, false);
    type("endTime", "5");
    assert.equal(button().disabled, true);
    assert.equal(text("endTime-problem"), "The end must come after the start.");
    type("endTime", "20");
    assert.equal(button().disabled, false);
    FakeSocket.last.cut();
    assert.equal(button().disabled, true);
    assert.equal(text("waiting"), "Waiting for the connection to the server.");
  });

  test("shows where a fast trim will start", async () => {
    form();
    await settled();
    assert.equal(requests[0].url, "/api/videos/v1");
    assert.match(text("note"), /^Fast will start at 00:08\.333/);
  });

  test("sends one request per click, with an idempotency key", async () => {
    const element = form();
    await Promise.all([send(element), send(element)]);
    assert.equal(posts().length, 1);
    assert.deepEqual(JSON.parse(posts()[0].body), { videoId: "v1", startTime: 10, endTime: 30, mode: "fast" });
    await send(element);
    const [first, second] = posts().map((request) => request.headers["Idempotency-Key"]);
    assert.notEqual(first, second);
  });

  test("shows the server's errors under their fields", async () => {
    globalThis.fetch = async () =>
      new Response('{"error":"Some values cannot be used.","fields":{"startTime":"The time cannot be below zero."}}', { status: 422 });
    await send(form());
    assert.equal(text("startTime-problem"), "The time cannot be below zero.");
    assert.match(text("failure"), /Some values cannot be used/);
    assert.equal(button().disabled, false);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { markup } from "../../support/dom.js";
import { PageEvent, part, put, requests, settled, text } from "../../support/elements.js";
import { FakeSocket } from "../../support/socket.js";

describe("<operation-form>", () => {
  const field = (name, type, value = "") =>
    `<input name="${name}" type="${type}" value="${value}" aria-describedby="${name}_helptext">
     <button type="button" data-set-from-player="${name}">Set</button>
     <p class="problem" id="${name}_error" data-problem="${name}" hidden></p>`;
  const form = () => {
    const { head, tail } = frame();
    put(head + field("count", "number", "8") + field("time", "number") + field("loud", "checkbox") + tail);
    return document.querySelector("operation-form");
  };
  const frame = () => {
    const drawn = markup("_operation_form.html", {
      "video.id": "v1",
      "edit.slug": "thumbnails",
      "form.one_of|join:' '": "count time",
    });
    const [head, tail] = drawn.split(/(?<=<form[^>]*>)/);
    return { head, tail: tail.replace(/<div class="field">[\s\S]*?<\/div>/g, "") };
  };
  const input = (name) => document.querySelector(`input[name=${name}]`);
  const problem = (name) => document.querySelector(`[data-problem=${name}]`);
  const type = (name, value) => {
    input(name).value = value;
    input(name).dispatchEvent(new PageEvent("input", { bubbles: true }));
  };
  const send = async (element) => {
    element.querySelector("form").dispatchEvent(new PageEvent("submit", { bubbles: true, cancelable: true }));
    await settled();
  };

  test("sends typed values once per click, with an idempotency key", async () => {
    const element = form();
    await Promise.all([send(element), send(element)]);
    assert.equal(requests.length, 1);
    assert.equal(requests[0].url, "/api/edit/thumbnails");
    assert.deepEqual(JSON.parse(requests[0].body), { videoId: "v1", count: 8, loud: false });
    await send(element);
    const keys = requests.map((request) => request.headers["Idempotency-Key"]);
    assert.ok(keys[0]);
    assert.notEqual(keys[0], keys[1]);
  });

  test("is disabled without a connection", () => {
    const element = form();
    const button = element.querySelector("button[type=submit]");
    assert.equal(button.disabled, false);
    FakeSocket.last.cut();
    assert.equal(button.disabled, true);
    assert.equal(text("waiting"), "Waiting for the connection to the server.");
  });

  test("clears the fields that the filled one excludes", () => {
    form();
    type("time", "1.5");
    assert.equal(input("count").value, "");
    type("count", "3");
    assert.equal(input("time").value, "");
  });

  test("shows an error beside its field, until the field is changed", async () => {
    globalThis.fetch = async () =>
      new Response('{"error":"Some values cannot be used.","fields":{"count":"This must be from 1 to 100."}}', { status: 422 });
    await send(form());
    assert.equal(problem("count").textContent, "This must be from 1 to 100.");
    assert.equal(problem("count").hidden, false);
    assert.equal(input("count").getAttribute("aria-invalid"), "true");
    assert.equal(input("count").getAttribute("aria-describedby"), "count_helptext count_error");
    assert.equal(text("failure"), "Some values cannot be used.");
    type("count", "4");
    assert.equal(problem("count").hidden, true);
    assert.equal(part("failure").hidden, true);
  });

  test("focuses the first choice of a group where one is required", async () => {
    globalThis.fetch = async () => new Response('{"error":"Wrong.","fields":{"files":"This is needed."}}', { status: 422 });
    const { head, tail } = frame();
    const choice = (id) => `<input type="checkbox" name="files" value="${id}" id="${id}">`;
    const group = `<div data-list>${choice("a")}${choice("b")}</div>`;
    put(`${head}${group}<p data-problem="files" hidden></p>${tail}`);
    await send(document.querySelector("operation-form"));
    assert.equal(problem("files").textContent, "This is needed.");
    assert.equal(text("failure"), "Wrong.");
    assert.equal(document.activeElement?.id, "a");
  });

  test("shows that the edit was started, until a field is changed", async () => {
    globalThis.fetch = async () => new Response('{"taskId":"t1"}', { status: 202 });
    await send(form());
    assert.equal(part("started").hidden, false);
    type("count", "4");
    assert.equal(part("started").hidden, true);
  });
});

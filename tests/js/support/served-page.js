import { afterEach, beforeEach } from "node:test";

import { fillBody } from "./dom.js";
import { openPage } from "./page.js";
import { FakeSocket } from "./socket.js";

/**
 * Give each test of a file an open page whose server answers every fetch with `served.html`.
 *
 * @returns {{html: string, fetches: number}} `fetches` counts what was fetched
 */
export function servePages() {
  const served = { html: "", fetches: 0 };
  const savedFetch = globalThis.fetch;
  beforeEach(() => {
    openPage();
    served.fetches = 0;
    globalThis.fetch = async () => {
      served.fetches += 1;
      return new Response(`<html><body>${served.html}</body></html>`);
    };
  });
  afterEach(() => {
    fillBody("");
    globalThis.fetch = savedFetch;
  });
  return served;
}

export const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
export const settled = () => new Promise((resolve) => setTimeout(resolve, 200));
export const bodyText = () => document.body.textContent.trim();

import { afterEach, beforeEach } from "node:test";

import { fillBody, openWindow } from "./dom.js";
import { openPage } from "./page.js";
import { FakeSocket } from "./socket.js";

/** For tests of custom elements: a window with all of them, a fake connection and a fake API. */
export const { Event: PageEvent } = openWindow();
await import("../../../static/js/main.js");

const ANNOUNCER = '<p id="announcer"></p>';
const savedFetch = globalThis.fetch;

export let clock, requests;

beforeEach(() => {
  clock = openPage();
  requests = [];
  globalThis.fetch = async (url, options) => {
    requests.push({ url, ...options });
    return new Response('{"taskId":"t7","keyframes":[0,8.333333]}', { status: 202 });
  };
});

afterEach(() => {
  fillBody("");
  globalThis.fetch = savedFetch;
});

/** Fill the page, and accept its connection. */
export function put(html) {
  fillBody(ANNOUNCER + html);
  FakeSocket.last.open();
}

/** Let the server send messages. */
export const say = (...messages) => messages.forEach((message) => FakeSocket.last.say(message));
export const part = (name, root = document) => root.querySelector(`[data-part="${name}"]`);
export const text = (name, root) => part(name, root).textContent.trim();
export const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

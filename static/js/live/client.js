// @ts-check
import { reconnectDelay } from "./backoff.js";

/** @import { ServerEvent } from "../api/types.js" */

/** After so many failed tries in a row the page offers "Retry now". */
export const OFFER_RETRY_AFTER = 5;

/** A server that has not said anything this long after it was asked is taken for gone. */
export const REPLY_MS = 10_000;

/**
 * Codes with which the server ends a connection for good (docs/protocol.md): the same would be refused
 * again. Every other loss is tried again.
 *
 * @type {ReadonlySet<number>}
 */
const FINAL = new Set([1007, 1009, 4401]);

/** Whose access has ended: signed out, or the account is off. */
export const ACCESS_ENDED = 4401;

/** After these codes, too many sockets or messages, it is wrong to come back at once. */
const CROWDED = new Set([4028, 4029]);
const CROWDED_MS = 30_000;

/** The ready state of an open socket, the same in every WebSocket class. */
const OPEN = 1;

/**
 * @typedef {"connecting"|"connected"|"disconnected"|"ended"} LiveState "ended": not tried again
 *
 * @typedef {object} Clock
 * @property {(callback: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 *
 * @typedef {EventTarget & {document: EventTarget & {visibilityState: string}}} PageWindow
 *
 * @typedef {object} LiveOptions
 * @property {string} url
 * @property {new (url: string) => WebSocket} [WebSocketClass]
 * @property {Clock} [clock]
 * @property {() => number} [random]
 * @property {PageWindow} [page]
 */

/** @type {Clock} */
const SYSTEM_CLOCK = {
  setTimeout: (callback, ms) => globalThis.setTimeout(callback, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
};

/**
 * The address of the live socket for a page's own address.
 *
 * @param {{protocol: string, host: string}} location
 * @returns {string}
 */
export function liveUrl(location) {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;
}

/**
 * @param {unknown} text
 * @returns {ServerEvent|null} null where the text is no event
 */
function parseEvent(text) {
  try {
    const event = JSON.parse(String(text));
    return typeof event?.type === "string" ? { data: {}, ...event } : null;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

/**
 * One lasting connection to `/ws/`. It subscribes, and after every loss connects and subscribes
 * again, unless the server has ended it for good. Dispatches `status` (its state, its number of
 * failures or `degraded` changed) and `event` (a `CustomEvent` whose detail is the server's event).
 */
export class LiveClient extends EventTarget {
  #url;
  #WebSocketClass;
  #clock;
  #random;
  #page;
  /** @type {WebSocket|null} */
  #socket = null;
  /** @type {any} */
  #waiting = null;
  /** @type {any} */
  #deadline = null;
  #failures = 0;
  #degraded = false;
  /** @type {number|null} */
  #closeCode = null;
  /** @type {LiveState} */
  #state = "connecting";
  /** @type {Set<string>} */
  #wanted = new Set();

  /** @param {LiveOptions} options */
  constructor({ url, WebSocketClass, clock, random, page }) {
    super();
    this.#url = url;
    this.#WebSocketClass = WebSocketClass ?? globalThis.WebSocket;
    this.#clock = clock ?? SYSTEM_CLOCK;
    this.#random = random ?? Math.random;
    this.#page = page ?? /** @type {PageWindow} */ (globalThis.window);
  }

  get state() {
    return this.#state;
  }

  get connected() {
    return this.#state === "connected";
  }

  /** Whether the server said that its news comes late for now. */
  get degraded() {
    return this.connected && this.#degraded;
  }

  /** The code with which the last connection was closed, null where it was cut. */
  get closeCode() {
    return this.#closeCode;
  }

  /** How many tries failed since the server last confirmed a subscription. */
  get failures() {
    return this.#failures;
  }

  get offersRetry() {
    return this.#state === "ended" || (!this.connected && this.#failures >= OFFER_RETRY_AFTER);
  }

  start() {
    for (const name of ["online", "offline", "pageshow"]) {
      this.#page.addEventListener(name, this.#wake);
    }
    this.#page.addEventListener("pagehide", this.#rest);
    this.#page.document.addEventListener("visibilitychange", this.#wake);
    this.#connect();
  }

  stop() {
    for (const name of ["online", "offline", "pageshow"]) {
      this.#page.removeEventListener(name, this.#wake);
    }
    this.#page.removeEventListener("pagehide", this.#rest);
    this.#page.document.removeEventListener("visibilitychange", this.#wake);
    this.#rest();
  }

  /** @param {string} videoId or "*" for every video the user may see */
  subscribe(videoId) {
    this.#wanted.add(videoId);
    if (this.#isOpen()) {
      this.#ask("subscribe", videoId);
    }
  }

  /** @param {string} videoId */
  unsubscribe(videoId) {
    if (this.#wanted.delete(videoId) && this.#isOpen()) {
      this.#send({ type: "unsubscribe", videoId });
    }
  }

  /** Try at once instead of waiting. */
  retryNow() {
    if (!this.#socket) {
      this.#connect();
    }
  }

  /**
   * Something happened that may have ended or restored the line: find out now.
   *
   * @param {Event} event
   */
  #wake = (event) => {
    const firstShow = "persisted" in event && !event.persisted;
    if (firstShow || this.#state === "ended" || this.#page.document.visibilityState === "hidden") {
      return;
    }
    if (!this.#socket) {
      this.#connect();
    } else if (this.#isOpen()) {
      this.#subscribeAll();
    }
  };

  /** The page goes away, perhaps to come back: leave quietly. */
  #rest = () => {
    this.#clock.clearTimeout(this.#waiting);
    this.#waiting = null;
    this.#drop();
  };

  #isOpen() {
    return this.#socket?.readyState === OPEN;
  }

  #connect() {
    this.#clock.clearTimeout(this.#waiting);
    this.#waiting = null;
    const socket = new this.#WebSocketClass(this.#url);
    this.#socket = socket;
    this.#expectReply();
    socket.onopen = () => this.#opened(socket);
    socket.onmessage = (message) => this.#received(socket, message.data);
    socket.onclose = (event) => this.#closed(socket, event?.code ?? null);
  }

  /** @param {WebSocket} socket */
  #opened(socket) {
    if (socket !== this.#socket) {
      return;
    }
    this.#heard();
    this.#degraded = false;
    if (this.#wanted.size) {
      this.#subscribeAll();
    } else {
      this.#failures = 0;
    }
    this.#enter("connected");
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} text
   */
  #received(socket, text) {
    if (socket !== this.#socket) {
      return;
    }
    this.#heard();
    const event = parseEvent(text);
    if (!event) {
      return;
    }
    if (event.type === "subscribed") {
      this.#failures = 0;
    } else if (event.type === "degraded") {
      this.#degraded = event.data.degraded === true;
      this.#enter(this.#state);
    }
    this.dispatchEvent(new CustomEvent("event", { detail: event }));
  }

  /**
   * @param {WebSocket} socket
   * @param {number|null} code
   */
  #closed(socket, code) {
    if (socket !== this.#socket) {
      return;
    }
    this.#closeCode = code;
    if (code !== null && FINAL.has(code)) {
      this.#drop();
      this.#enter("ended");
    } else {
      this.#lost(code !== null && CROWDED.has(code) ? CROWDED_MS : 0);
    }
  }

  /** @param {number} [atLeast] milliseconds to wait */
  #lost(atLeast = 0) {
    this.#drop();
    const wait = Math.max(atLeast, reconnectDelay(this.#failures, this.#random));
    this.#failures += 1;
    this.#waiting = this.#clock.setTimeout(() => this.#connect(), wait);
    this.#enter("disconnected");
  }

  /** Forget the socket: whatever it still says is not heard. */
  #drop() {
    this.#heard();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #subscribeAll() {
    for (const videoId of this.#wanted) {
      this.#ask("subscribe", videoId);
    }
  }

  /**
   * @param {string} type
   * @param {string} videoId
   */
  #ask(type, videoId) {
    this.#send({ type, videoId });
    this.#expectReply();
  }

  /** @param {object} message */
  #send(message) {
    this.#socket?.send(JSON.stringify(message));
  }

  #expectReply() {
    this.#deadline ??= this.#clock.setTimeout(() => this.#lost(), REPLY_MS);
  }

  #heard() {
    this.#clock.clearTimeout(this.#deadline);
    this.#deadline = null;
  }

  /** @param {LiveState} state */
  #enter(state) {
    this.#state = state;
    this.dispatchEvent(new Event("status"));
  }
}

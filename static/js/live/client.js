// @ts-check
import { reconnectDelay } from "./backoff.js";
import { isPermanent, minReconnectDelay } from "./close-codes.js";
import { Connection } from "./connection.js";

/** @import { ServerEvent } from "../api/types.js" */
/** @import { Clock } from "./connection.js" */

/** After so many failed attempts in a row the page offers "Retry now". */
export const OFFER_RETRY_AFTER = 5;

/** Events after which the connection may have broken, or may be possible again. */
const WAKE_EVENTS = ["online", "offline", "pageshow"];

/**
 * @typedef {"connecting"|"connected"|"disconnected"|"ended"} LiveState "ended": no more attempts
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
 * The address of the WebSocket for a page's own address.
 *
 * @param {{protocol: string, host: string}} location
 * @returns {string}
 */
export function liveUrl(location) {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;
}

/**
 * Keeps a connection to `/ws/`: it subscribes, and after each loss it reconnects and subscribes
 * again, unless the server has closed the connection permanently. Dispatches `status` (its state, its
 * failures or `degraded` may have changed) and `event` (a `CustomEvent` with the server's event).
 */
export class LiveClient extends EventTarget {
  #transport;
  #random;
  #page;
  /** @type {Connection|null} */
  #connection = null;
  /** @type {any} */
  #reconnectTimer = null;
  #failures = 0;
  #degraded = false;
  /** @type {number|null} */
  #closeCode = null;
  /** @type {LiveState} */
  #state = "connecting";
  /** @type {Set<string>} */
  #subscriptions = new Set();

  /** @param {LiveOptions} options */
  constructor({ url, WebSocketClass, clock, random, page }) {
    super();
    this.#transport = {
      url,
      WebSocketClass: WebSocketClass ?? globalThis.WebSocket,
      clock: clock ?? SYSTEM_CLOCK,
    };
    this.#random = random ?? Math.random;
    this.#page = page ?? /** @type {PageWindow} */ (globalThis.window);
  }

  get state() {
    return this.#state;
  }

  get connected() {
    return this.#state === "connected";
  }

  /** Whether the server has announced that updates are delayed. */
  get degraded() {
    return this.connected && this.#degraded;
  }

  /** The code with which the last connection was closed, null where it broke. */
  get closeCode() {
    return this.#closeCode;
  }

  /** How many attempts have failed since the server last confirmed a subscription. */
  get failures() {
    return this.#failures;
  }

  get offersRetry() {
    return this.#state === "ended" || (!this.connected && this.#failures >= OFFER_RETRY_AFTER);
  }

  start() {
    WAKE_EVENTS.forEach((name) => this.#page.addEventListener(name, this.#checkConnection));
    this.#page.addEventListener("pagehide", this.#suspend);
    this.#page.document.addEventListener("visibilitychange", this.#checkConnection);
    this.#connect();
  }

  stop() {
    WAKE_EVENTS.forEach((name) => this.#page.removeEventListener(name, this.#checkConnection));
    this.#page.removeEventListener("pagehide", this.#suspend);
    this.#page.document.removeEventListener("visibilitychange", this.#checkConnection);
    this.#suspend();
  }

  /** @param {string} videoId or "*" for every video the user may see */
  subscribe(videoId) {
    this.#subscriptions.add(videoId);
    if (this.#connection?.isOpen) {
      this.#sendSubscribe(videoId);
    }
  }

  /** @param {string} videoId */
  unsubscribe(videoId) {
    if (this.#subscriptions.delete(videoId) && this.#connection?.isOpen) {
      this.#connection.send({ type: "unsubscribe", videoId });
    }
  }

  /** Reconnect now instead of waiting. */
  retryNow() {
    if (!this.#connection) {
      this.#connect();
    }
  }

  /**
   * The connection may have broken, or may be possible again: subscribe again, which either gets a
   * reply or runs into the timeout, or connect.
   *
   * @param {Event} event
   */
  #checkConnection = (event) => {
    const isFirstShow = "persisted" in event && !event.persisted;
    if (isFirstShow || this.#state === "ended" || this.#page.document.visibilityState === "hidden") {
      return;
    }
    if (!this.#connection) {
      this.#connect();
    } else if (this.#connection.isOpen) {
      this.#subscribeAll();
    }
  };

  /** The page is left, perhaps to be shown again: disconnect without a status event. */
  #suspend = () => {
    this.#stopReconnectTimer();
    this.#disconnect();
  };

  #stopReconnectTimer() {
    this.#transport.clock.clearTimeout(this.#reconnectTimer);
    this.#reconnectTimer = null;
  }

  #connect() {
    this.#stopReconnectTimer();
    this.#connection = new Connection(this.#transport, {
      onOpen: () => this.#onOpen(),
      onEvent: (event) => this.#onEvent(event),
      onClose: (code) => this.#onClose(code),
      onTimeout: () => this.#reconnectLater(),
    });
  }

  #disconnect() {
    const connection = this.#connection;
    this.#connection = null;
    connection?.close();
  }

  #onOpen() {
    this.#degraded = false;
    if (this.#subscriptions.size) {
      this.#subscribeAll();
    } else {
      this.#failures = 0;
    }
    this.#setState("connected");
  }

  /** @param {ServerEvent} event */
  #onEvent(event) {
    if (event.type === "subscribed") {
      this.#failures = 0;
    } else if (event.type === "degraded") {
      this.#degraded = event.data.degraded === true;
      this.#setState(this.#state);
    }
    this.dispatchEvent(new CustomEvent("event", { detail: event }));
  }

  /** @param {number|null} code */
  #onClose(code) {
    this.#closeCode = code;
    if (isPermanent(code)) {
      this.#disconnect();
      this.#setState("ended");
    } else {
      this.#reconnectLater(minReconnectDelay(code));
    }
  }

  /** @param {number} [minDelay] milliseconds */
  #reconnectLater(minDelay = 0) {
    this.#disconnect();
    const delay = Math.max(minDelay, reconnectDelay(this.#failures, this.#random));
    this.#failures += 1;
    this.#reconnectTimer = this.#transport.clock.setTimeout(() => this.#connect(), delay);
    this.#setState("disconnected");
  }

  #subscribeAll() {
    this.#subscriptions.forEach((videoId) => this.#sendSubscribe(videoId));
  }

  /** @param {string} videoId */
  #sendSubscribe(videoId) {
    this.#connection?.send({ type: "subscribe", videoId });
    this.#connection?.expectReply();
  }

  /** @param {LiveState} state */
  #setState(state) {
    this.#state = state;
    this.dispatchEvent(new Event("status"));
  }
}

// @ts-check
/** @import { ServerEvent } from "../api/types.js" */

/** A server that has not sent anything this long after a request counts as unreachable. */
export const REPLY_TIMEOUT_MS = 10_000;

/** The ready state of an open socket, the same in every WebSocket class. */
const OPEN = 1;

/**
 * @typedef {object} Clock
 * @property {(callback: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 *
 * @typedef {object} Transport
 * @property {string} url
 * @property {new (url: string) => WebSocket} WebSocketClass
 * @property {Clock} clock
 *
 * @typedef {object} Handlers
 * @property {() => void} onOpen
 * @property {(event: ServerEvent) => void} onEvent
 * @property {(code: number|null) => void} onClose the code is null where the connection broke
 * @property {() => void} onTimeout the server did not reply in time
 */

/**
 * @param {unknown} text
 * @returns {ServerEvent|null} null where the text is not an event
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

/** One WebSocket with a reply timeout. Once it is closed, its handlers are not called any more. */
export class Connection {
  #socket;
  #clock;
  /** @type {Handlers|null} */
  #handlers;
  /** @type {any} */
  #replyTimer = null;

  /**
   * @param {Transport} transport
   * @param {Handlers} handlers
   */
  constructor({ url, WebSocketClass, clock }, handlers) {
    this.#clock = clock;
    this.#handlers = handlers;
    this.#socket = new WebSocketClass(url);
    this.expectReply();
    this.#socket.onopen = () => this.#onOpen();
    this.#socket.onmessage = (message) => this.#onMessage(message.data);
    this.#socket.onclose = (event) => this.#handlers?.onClose(event?.code ?? null);
  }

  get isOpen() {
    return this.#socket.readyState === OPEN;
  }

  /** @param {object} message */
  send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  /** Start the reply timeout, unless it is running. Any message of the server stops it. */
  expectReply() {
    this.#replyTimer ??= this.#clock.setTimeout(() => this.#handlers?.onTimeout(), REPLY_TIMEOUT_MS);
  }

  close() {
    this.#handlers = null;
    this.#stopReplyTimer();
    this.#socket.close();
  }

  #stopReplyTimer() {
    this.#clock.clearTimeout(this.#replyTimer);
    this.#replyTimer = null;
  }

  #onOpen() {
    if (this.#handlers) {
      this.#stopReplyTimer();
      this.#handlers.onOpen();
    }
  }

  /** @param {unknown} text */
  #onMessage(text) {
    if (!this.#handlers) {
      return;
    }
    this.#stopReplyTimer();
    const event = parseEvent(text);
    if (event) {
      this.#handlers.onEvent(event);
    }
  }
}

/** A WebSocket without a server; `FakeSocket.instances` holds every one, oldest first. */
export class FakeSocket {
  /** @type {FakeSocket[]} */
  static instances = [];

  readyState = 0;
  sent = [];

  constructor(url) {
    this.url = url;
    FakeSocket.instances.push(this);
  }

  static get last() {
    return FakeSocket.instances.at(-1);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  /** The server accepts the connection. */
  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The server sends a message. */
  say(message) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  /** The connection broke, or the server closed it with a code. */
  cut(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** What LiveClient needs of a window. */
export function fakePage() {
  const page = new EventTarget();
  page.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  return page;
}

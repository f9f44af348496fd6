/** A WebSocket that goes nowhere; `FakeSocket.made` holds every one, oldest first. */
export class FakeSocket {
  /** @type {FakeSocket[]} */
  static made = [];

  readyState = 0;
  sent = [];

  constructor(url) {
    this.url = url;
    FakeSocket.made.push(this);
  }

  static get last() {
    return FakeSocket.made.at(-1);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  /** The server accepted. */
  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The server said something. */
  say(message) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  /** The line was cut, or the server closed it with a code. */
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

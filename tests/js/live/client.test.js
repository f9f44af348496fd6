import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { LiveClient, liveUrl } from "../../../static/js/live/client.js";
import { REPLY_TIMEOUT_MS } from "../../../static/js/live/connection.js";
import { FakeClock } from "../support/clock.js";
import { fakePage, FakeSocket } from "../support/socket.js";

const SUBSCRIBED = { type: "subscribed", videoId: "v1", data: { tasks: [], upload: null } };
const subscribe = (videoId) => ({ type: "subscribe", videoId });

let clock, page, client, events;

beforeEach(() => {
  FakeSocket.instances = [];
  clock = new FakeClock();
  page = fakePage();
  events = [];
  client = new LiveClient({ url: "ws://host/ws/", WebSocketClass: FakeSocket, clock, page, random: () => 0 });
  client.addEventListener("event", (event) => events.push(event.detail));
  client.start();
});

function connect() {
  client.subscribe("v1");
  FakeSocket.last.open();
  FakeSocket.last.say(SUBSCRIBED);
}

function failOnce() {
  FakeSocket.last.cut();
  clock.advance(clock.waits[0]);
}

test("the socket's address follows the page's", () => {
  assert.equal(liveUrl({ protocol: "http:", host: "127.0.0.1:8000" }), "ws://127.0.0.1:8000/ws/");
  assert.equal(liveUrl({ protocol: "https:", host: "films.example" }), "wss://films.example/ws/");
});

test("subscriptions made before the connection opens are sent once it does", () => {
  client.subscribe("v1");
  client.subscribe("*");
  assert.deepEqual(FakeSocket.last.sent, []);
  FakeSocket.last.open();
  assert.deepEqual(FakeSocket.last.sent, [subscribe("v1"), subscribe("*")]);
});

test("it reports its state", () => {
  const states = [client.state];
  client.addEventListener("status", () => states.push(client.state));
  connect();
  FakeSocket.last.cut();
  assert.deepEqual(states, ["connecting", "connected", "disconnected"]);
});

test("events are dispatched, other messages are not", () => {
  connect();
  for (const junk of ["", "no json", "null", "[]", "7", '{"no":"type"}']) {
    FakeSocket.last.say(junk);
  }
  assert.deepEqual(events, [SUBSCRIBED]);
});

test("after each loss it reconnects and subscribes again", () => {
  connect();
  failOnce();
  assert.equal(FakeSocket.instances.length, 2);
  FakeSocket.last.open();
  assert.deepEqual(FakeSocket.last.sent, [subscribe("v1")]);
});

test("consecutive failures increase the delay", () => {
  connect();
  const waits = [];
  for (let i = 0; i < 6; i += 1) {
    FakeSocket.last.cut();
    waits.push(clock.waits[0]);
    clock.advance(clock.waits[0]);
  }
  assert.deepEqual(waits, [2000, 4000, 8000, 16000, 30000, 30000]);
});

test("only a confirmed subscription resets the delay, not an open connection", () => {
  connect();
  failOnce();
  FakeSocket.last.open();
  failOnce();
  assert.equal(client.failures, 2);
  FakeSocket.last.open();
  FakeSocket.last.say(SUBSCRIBED);
  assert.equal(client.failures, 0);
  FakeSocket.last.cut();
  assert.deepEqual(clock.waits, [2000]);
});

test("without subscriptions an open connection resets the delay", () => {
  failOnce();
  failOnce();
  FakeSocket.last.open();
  assert.equal(client.failures, 0);
});

test("after five failures it offers to retry, and keeps trying", () => {
  connect();
  for (let i = 0; i < 4; i += 1) {
    failOnce();
  }
  assert.equal(client.offersRetry, false);
  FakeSocket.last.cut();
  assert.equal(client.offersRetry, true);
  for (let i = 0; i < 100; i += 1) {
    clock.advance(30_000);
    FakeSocket.last.cut();
  }
  assert.equal(FakeSocket.instances.length, 105);
  assert.equal(client.offersRetry, true);
});

test("retry now connects immediately and cancels the scheduled attempt", () => {
  connect();
  FakeSocket.last.cut();
  client.retryNow();
  assert.equal(FakeSocket.instances.length, 2);
  FakeSocket.last.open();
  FakeSocket.last.say(SUBSCRIBED);
  clock.advance(60_000);
  assert.equal(FakeSocket.instances.length, 2);
});

test("retry now does nothing while connecting or connected", () => {
  client.retryNow();
  connect();
  client.retryNow();
  assert.equal(FakeSocket.instances.length, 1);
});

test("coming online, becoming visible or returning from the cache connects immediately", () => {
  const wakes = [
    () => page.dispatchEvent(new Event("online")),
    () => page.document.dispatchEvent(new Event("visibilitychange")),
    () => page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })),
  ];
  connect();
  wakes.forEach((wake, index) => {
    FakeSocket.last.cut();
    wake();
    assert.equal(FakeSocket.instances.length, index + 2);
  });
});

test("a hidden page does not reconnect", () => {
  connect();
  FakeSocket.last.cut();
  page.document.visibilityState = "hidden";
  page.document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(FakeSocket.instances.length, 1);
});

test("the first pageshow does not subscribe again", () => {
  connect();
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  assert.deepEqual(FakeSocket.last.sent, [subscribe("v1")]);
});

test("with an open connection it subscribes again", () => {
  connect();
  page.dispatchEvent(new Event("online"));
  assert.deepEqual(FakeSocket.last.sent, [subscribe("v1"), subscribe("v1")]);
  assert.equal(FakeSocket.instances.length, 1);
});

test("a connection that does not reply in time is replaced", () => {
  connect();
  const dead = FakeSocket.last;
  page.dispatchEvent(new Event("online"));
  clock.advance(REPLY_TIMEOUT_MS);
  assert.equal(client.state, "disconnected");
  assert.equal(dead.readyState, 3);
  clock.advance(2000);
  assert.equal(FakeSocket.instances.length, 2);
});

test("a connection that replies is kept", () => {
  connect();
  page.dispatchEvent(new Event("online"));
  FakeSocket.last.say(SUBSCRIBED);
  clock.advance(10 * REPLY_TIMEOUT_MS);
  assert.equal(client.state, "connected");
});

test("an attempt that does not open in time fails", () => {
  client.subscribe("v1");
  clock.advance(REPLY_TIMEOUT_MS);
  assert.equal(client.state, "disconnected");
});

test("a closed connection is ignored", () => {
  connect();
  const old = FakeSocket.last;
  old.cut();
  client.retryNow();
  old.say(SUBSCRIBED);
  old.open();
  old.cut();
  assert.equal(events.length, 1);
  assert.equal(FakeSocket.instances.length, 2);
  assert.equal(client.failures, 1);
});

test("an unsubscribed video is sent, and not subscribed to again", () => {
  client.subscribe("v2");
  connect();
  client.unsubscribe("v2");
  assert.deepEqual(FakeSocket.last.sent.at(-1), { type: "unsubscribe", videoId: "v2" });
  failOnce();
  FakeSocket.last.open();
  assert.deepEqual(FakeSocket.last.sent, [subscribe("v1")]);
});

test("leaving the page disconnects without a status event, returning reconnects", () => {
  connect();
  const states = [];
  client.addEventListener("status", () => states.push(client.state));
  page.dispatchEvent(new Event("pagehide"));
  assert.equal(FakeSocket.last.readyState, 3);
  clock.advance(60_000);
  assert.deepEqual(states, []);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.equal(FakeSocket.instances.length, 2);
});

test("a stopped client does not reconnect", () => {
  connect();
  client.stop();
  page.dispatchEvent(new Event("online"));
  clock.advance(60_000);
  assert.equal(FakeSocket.instances.length, 1);
  assert.deepEqual(clock.waits, []);
});

for (const code of [1000, 1006, 1011, 1012, 4008]) {
  test(`closed with ${code}, it reconnects after its backoff`, () => {
    connect();
    FakeSocket.last.cut(code);
    assert.equal(client.state, "disconnected");
    assert.deepEqual(clock.waits, [2000]);
  });
}

for (const code of [4028, 4029]) {
  test(`closed with ${code}, it waits at least 30 seconds`, () => {
    connect();
    FakeSocket.last.cut(code);
    assert.deepEqual(clock.waits, [30_000]);
  });
}

for (const code of [1007, 1009, 4401]) {
  test(`closed with ${code}, it does not reconnect by itself`, () => {
    connect();
    FakeSocket.last.cut(code);
    assert.deepEqual([client.state, client.closeCode, client.offersRetry], ["ended", code, true]);
    page.dispatchEvent(new Event("online"));
    clock.advance(3_600_000);
    assert.equal(FakeSocket.instances.length, 1);
    client.retryNow();
    FakeSocket.last.open();
    assert.equal(client.state, "connected");
  });
}

test("it is degraded until the server or a new connection says otherwise", () => {
  let statusEvents = 0;
  connect();
  client.addEventListener("status", () => (statusEvents += 1));
  const degraded = (value) => ({ type: "degraded", videoId: null, data: { degraded: value } });
  FakeSocket.last.say(degraded(true));
  assert.deepEqual([client.degraded, statusEvents], [true, 1]);
  FakeSocket.last.say(degraded(false));
  assert.deepEqual([client.degraded, statusEvents], [false, 2]);
  FakeSocket.last.say(degraded(true));
  failOnce();
  assert.equal(client.degraded, false);
  FakeSocket.last.open();
  assert.equal(client.degraded, false);
});

"""The receiving end: one process with many sockets, the same against every server."""

from __future__ import annotations

import json
import select
import socket
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bench.harness.child import child
from bench.harness.figures import percentile
from bench.live.load import BEFORE_TIME, TIME_DIGITS
from bench.live.servers import LiveServer

HANDSHAKES_AT_ONCE = 50
QUIET_SECONDS = 1.5
FIRST_SECONDS = 15.0
"""A process that publishes may have to be started first."""
RECEIVE_BYTES = 32 * 1024
MAX_READY = 10_000
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
MARK = BEFORE_TIME.encode()


@dataclass(frozen=True, slots=True)
class Received:
    """How many events came, and how late, in milliseconds."""

    count: int
    p99: float
    latest: float


@dataclass(frozen=True, slots=True)
class Receiver:
    """The process as the bench sees it."""

    sockets: int
    _pipe: Connection

    def expect(self, events: int) -> None:
        """Start to collect so many."""
        self._pipe.send(events)

    def received(self) -> Received:
        """What came of them."""
        received: Received = self._pipe.recv()
        return received


@contextmanager
def receiving(
    server: LiveServer, count: int, *, videos: int = 1, path: str = "/ws/"
) -> Iterator[Receiver]:
    """So many sockets, each subscribed to one of the first so many videos, in turn."""
    video_ids = server.site.video_ids[:videos]
    with child(_receive, server.port, path, server.site.token, video_ids, count) as (_pid, pipe):
        pipe.recv()  # all are subscribed
        yield Receiver(count, pipe)


def _receive(
    pipe: Connection, port: int, path: str, token: str, video_ids: list[str], count: int
) -> None:
    sockets = Sockets()
    sockets.open(lambda: handshake(port, path, token), video_ids, count)
    pipe.send("subscribed")
    with suppress(EOFError):
        while True:
            pipe.send(sockets.collect(pipe.recv()))


def handshake(port: int, path: str, token: str) -> socket.socket:
    """A connection that has asked for a WebSocket."""
    link = socket.create_connection(("127.0.0.1", port), timeout=30)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        f"Authorization: Bearer {token}",
    ]
    link.sendall("\r\n".join([*lines, "", ""]).encode())
    return link


def subscribe(link: socket.socket, video_id: str) -> None:
    """Await the server's part of the handshake, then ask for a video's events."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = link.recv(4096)
        if not piece:
            raise ConnectionError(f"the handshake was cut: {head!r}")
        head += piece
    if not head.startswith(b"HTTP/1.1 101") or b"deflate" in head:
        raise ConnectionError(f"not the handshake that is compared: {head!r}")
    link.sendall(frame(TEXT, json.dumps({"type": "subscribe", "videoId": video_id}).encode()))


def frame(kind: int, payload: bytes) -> bytes:
    """A client's frame; its mask is zero (RFC 6455, 5.3)."""
    assert len(payload) < 126
    return bytes((kind, 0x80 | len(payload))) + bytes(4) + payload


class Sockets:
    """All sockets, in one loop without a framework: what it measures is the server."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.links: dict[int, socket.socket] = {}
        self.rest: dict[int, bytes] = {}
        self.latencies = array("q")
        self.subscribed = self.closed = 0
        self.offset = 0

    def open(self, connect: Callable[[], socket.socket], videos: list[str], count: int) -> None:
        """Connect so many, and have each confirm its subscription."""
        for begin in range(0, count, HANDSHAKES_AT_ONCE):
            end = min(count, begin + HANDSHAKES_AT_ONCE)
            batch = [connect() for _ in range(begin, end)]
            for number, link in enumerate(batch, begin):
                subscribe(link, videos[number % len(videos)])
                link.setblocking(False)
                self.links[link.fileno()] = link
                self.epoll.register(link.fileno(), select.EPOLLIN)
            self._until(self._settled(end), 30)

    def collect(self, expected: int) -> Received:
        """Take events until so many have come, or none comes any more."""
        self.latencies = array("q")
        self._until(lambda: bool(self.latencies), FIRST_SECONDS)
        self._until(lambda: len(self.latencies) >= expected, QUIET_SECONDS)
        self._until(lambda: False, 0.2)  # none may come twice
        p99, latest = (percentile(self.latencies, share) / 1e6 for share in (0.99, 1))
        return Received(len(self.latencies), p99, latest)

    def _settled(self, expected: int) -> Callable[[], bool]:
        return lambda: self.subscribed + self.closed >= expected

    def _until(self, done: Callable[[], bool], quiet_seconds: float) -> None:
        """Receive until `done()`, or until nothing has come for so many seconds."""
        received_at = time.monotonic()
        while not done():
            ready = self.epoll.poll(0.1, MAX_READY)
            if ready:
                received_at = time.monotonic()
            elif time.monotonic() - received_at > quiet_seconds:
                return
            for number, _events in ready:
                self._receive(number)

    def _receive(self, number: int) -> None:
        try:
            data = self.links[number].recv(RECEIVE_BYTES)
        except ConnectionError:
            data = b""
        if not data:
            self.epoll.unregister(number)
            self.links.pop(number).close()
            self.closed += 1
            return
        now = time.monotonic_ns()
        if number in self.rest:
            data = self.rest.pop(number) + data
        begin = self._frames(number, data, now)
        if begin < len(data):
            self.rest[number] = data[begin:]

    def _frames(self, number: int, data: bytes, now: int) -> int:
        """Take whole frames; gives where the rest begins."""
        begin, total, offset = 0, len(data), self.offset
        while begin + 2 <= total:
            length, head = data[begin + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[begin + 2 : begin + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(data[begin + 2 : begin + 10], "big"), 10
            at = begin + head
            if at + length > total:
                break
            stamp = at + offset
            if offset and data[stamp - len(MARK) : stamp] == MARK:
                self.latencies.append(now - int(data[stamp : stamp + TIME_DIGITS]))
            else:
                self._other(number, data[begin], data[at : at + length], now)
                offset = self.offset
            begin = at + length
        return begin

    def _other(self, number: int, kind: int, payload: bytes, now: int) -> None:
        """What is no event, and the first event, which shows where its time stands."""
        if kind == PING:
            self.links[number].sendall(frame(PONG, payload))
        elif kind == CLOSE:
            self.closed += 1
        elif b'"subscribed"' in payload[:30]:
            self.subscribed += 1
        elif MARK in payload:
            self.offset = payload.index(MARK) + len(MARK)
            self.latencies.append(now - int(payload[self.offset : self.offset + TIME_DIGITS]))

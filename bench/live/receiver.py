"""The receiving end: one process with many sockets, the same against every server."""

from __future__ import annotations

import json
import select
import socket
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from websockets.frames import Frame, Opcode

from bench.harness.child import child
from bench.harness.figures import percentile
from bench.live.load import BEFORE_TIME, TIME_DIGITS
from bench.live.servers import Site

HANDSHAKES_AT_ONCE = 50
QUIET_SECONDS = 1.5
FIRST_SECONDS = 15.0
"""A process that publishes may have to be started first."""
RECEIVE_BYTES = 32 * 1024
MAX_READY = 10_000
CLOSE, PING = 0x80 | Opcode.CLOSE, 0x80 | Opcode.PING
MARK = BEFORE_TIME.encode()


@dataclass(frozen=True, slots=True)
class Received:
    """How many events came, and how late, in milliseconds."""

    count: int
    p99: float
    latest: float


@contextmanager
def receiving(
    port: int, site: Site, count: int, *, videos: int = 1, path: str = "/ws/"
) -> Iterator[Connection]:
    """A process with so many sockets, each subscribed to one of the first so many videos, in turn.

    Sent a number of events, it answers what it `Received` of them.
    """
    with child(_receive, port, path, site.token, site.video_ids[:videos], count) as (_pid, pipe):
        pipe.recv()  # all are subscribed
        yield pipe


def _receive(
    pipe: Connection, port: int, path: str, token: str, video_ids: Sequence[str], count: int
) -> None:
    sockets = Sockets()
    for begin in range(0, count, HANDSHAKES_AT_ONCE):
        numbers = range(begin, min(count, begin + HANDSHAKES_AT_ONCE))
        links = [handshake(port, path, token) for _ in numbers]
        sockets.add(links, [video_ids[number % len(video_ids)] for number in numbers])
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
    text = json.dumps({"type": "subscribe", "videoId": video_id}).encode()
    link.sendall(Frame(Opcode.TEXT, text).serialize(mask=True))


class Sockets:
    """All sockets, in one loop without a framework: what it measures is the server."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.links: dict[int, socket.socket] = {}
        self.rest: dict[int, bytes] = {}
        self.latencies = array("q")
        self.subscribed = self.closed = 0
        self.offset = 0

    def add(self, links: Sequence[socket.socket], video_ids: Sequence[str]) -> None:
        """Have each confirm its subscription."""
        for link, video_id in zip(links, video_ids, strict=True):
            subscribe(link, video_id)
            link.setblocking(False)
            self.links[link.fileno()] = link
            self.epoll.register(link.fileno(), select.EPOLLIN)
        settled = self.subscribed + self.closed + len(links)
        self._until(lambda: self.subscribed + self.closed >= settled, 30)

    def collect(self, expected: int) -> Received:
        """Take events until so many have come, or none comes any more."""
        self.latencies = array("q")
        self._until(lambda: bool(self.latencies), FIRST_SECONDS)
        self._until(lambda: len(self.latencies) >= expected, QUIET_SECONDS)
        self._until(lambda: False, 0.2)  # none may come twice
        p99, latest = (percentile(self.latencies, share) / 1e6 for share in (0.99, 1))
        return Received(len(self.latencies), p99, latest)

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
        begin = self._take_frames(number, data, now)
        if begin < len(data):
            self.rest[number] = data[begin:]

    def _take_frames(self, number: int, data: bytes, now: int) -> int:
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
                self._take_other(number, data[begin], data[at : at + length], now)
                offset = self.offset
            begin = at + length
        return begin

    def _take_other(self, number: int, kind: int, payload: bytes, now: int) -> None:
        """What is no event, and the first event, which shows where its time stands."""
        if kind == PING:
            self.links[number].sendall(Frame(Opcode.PONG, payload).serialize(mask=True))
        elif kind == CLOSE:
            self.closed += 1
        elif b'"subscribed"' in payload[:30]:
            self.subscribed += 1
        elif MARK in payload:
            self.offset = payload.index(MARK) + len(MARK)
            self.latencies.append(now - int(payload[self.offset : self.offset + TIME_DIGITS]))

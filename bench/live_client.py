"""The receiving end: one process with many sockets, the same against every server.

    python -m bench.live_client HOST:PORT PATH IDS VIDEOS SOCKETS

IDS is a file with an id a line (the owner's first), TOKEN in the environment the secret to send.
Each socket subscribes to one of the first so many videos, in turn. Then each line on standard input
is how many events to await; the answer is what came of them, as a line of JSON.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path

from bench.live_load import BEFORE_TIME, TIME_DIGITS

HANDSHAKES_AT_ONCE = 50
QUIET_SECONDS = 1.5
RECEIVE_BYTES = 32 * 1024
MOST_READY = 10_000
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
MARK = BEFORE_TIME.encode()


class Client:
    """All sockets, in one loop without a framework: what it measures is the server."""

    def __init__(self, address: tuple[str, int], path: str, token: str) -> None:
        self.address, self.path, self.token = address, path, token
        self.epoll = select.epoll()
        self.links: dict[int, socket.socket] = {}
        self.rest: dict[int, bytes] = {}
        self.latencies = array("q")
        self.subscribed = self.closed = 0
        self.offset = 0

    def open(self, videos: list[str], count: int) -> None:
        """Connect so many, and have each confirm its subscription."""
        for begin in range(0, count, HANDSHAKES_AT_ONCE):
            numbers = range(begin, min(count, begin + HANDSHAKES_AT_ONCE))
            batch = [self._handshake() for _ in numbers]
            for link, number in zip(batch, numbers, strict=True):
                self._accepted(link)
                asked = {"type": "subscribe", "videoId": videos[number % len(videos)]}
                link.sendall(frame(TEXT, json.dumps(asked).encode()))
                link.setblocking(False)
                self.links[link.fileno()] = link
                self.epoll.register(link.fileno(), select.EPOLLIN)
            self._until(self._settled(begin + len(batch)), 30)

    def collect(self, expected: int) -> dict[str, float]:
        """Take events until so many have come, or none comes any more."""
        self.latencies = array("q")
        began = time.monotonic()
        self._until(lambda: len(self.latencies) >= expected, QUIET_SECONDS)
        seconds = time.monotonic() - began
        self._until(lambda: False, 0.2)  # none may come twice
        ordered = sorted(self.latencies)
        return {
            "received": len(ordered),
            "closed": self.closed,
            "seconds": seconds,
            "p50": at_share(ordered, 0.5),
            "p99": at_share(ordered, 0.99),
            "most": at_share(ordered, 1),
        }

    def _settled(self, wanted: int) -> Callable[[], bool]:
        return lambda: self.subscribed + self.closed >= wanted

    def _handshake(self) -> socket.socket:
        link = socket.create_connection(self.address, timeout=30)
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.address[0]}:{self.address[1]}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            f"Authorization: Bearer {self.token}",
        ]
        link.sendall("\r\n".join([*lines, "", ""]).encode())
        return link

    def _accepted(self, link: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = link.recv(4096)
            if not piece:
                raise ConnectionError(f"the handshake was cut: {head!r}")
            head += piece
        if not head.startswith(b"HTTP/1.1 101") or b"deflate" in head:
            raise ConnectionError(f"not the handshake that is compared: {head!r}")

    def _until(self, done: Callable[[], bool], quiet_seconds: float) -> None:
        """Receive until `done()`, or until nothing has come for so many seconds."""
        heard_at = time.monotonic()
        while not done():
            ready = self.epoll.poll(0.1, MOST_READY)
            if ready:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > quiet_seconds:
                return
            for number, _events in ready:
                self._receive(number)

    def _receive(self, number: int) -> None:
        try:
            data = self.links[number].recv(RECEIVE_BYTES)
        except ConnectionError:
            data = b""
        if not data:
            self._lose(number)
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

    def _lose(self, number: int) -> None:
        self.epoll.unregister(number)
        self.links.pop(number).close()
        self.closed += 1


def frame(kind: int, payload: bytes) -> bytes:
    """A client's frame; its mask is zero (RFC 6455, 5.3)."""
    assert len(payload) < 126
    return bytes((kind, 0x80 | len(payload))) + bytes(4) + payload


def at_share(ordered: list[int], share: float) -> float:
    """The value that so many are not above, in milliseconds; infinite of nothing."""
    if not ordered:
        return float("inf")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e6


def main() -> None:
    """Connect, then do as the lines say."""
    where, path, ids, videos, count = sys.argv[1:]
    host, _, port = where.partition(":")
    client = Client((host, int(port)), path, os.environ["TOKEN"])
    client.open(Path(ids).read_text("ascii").split()[1 : 1 + int(videos)], int(count))
    print(json.dumps({"subscribed": client.subscribed}), flush=True)
    for line in sys.stdin:
        print(json.dumps(client.collect(int(line))), flush=True)


if __name__ == "__main__":
    main()

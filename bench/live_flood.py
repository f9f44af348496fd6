"""Sends frames as fast as one process can, to show what the client can take: no server does less.

python -m bench.live_flood PORT SOCKETS SECONDS
"""

from __future__ import annotations

import selectors
import socket
import sys
import time

from bench.live_load import Due, event_text

REPLY = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
SUBSCRIBED = b'{"type": "subscribed", "videoId": "x", "data": {}}'
AT_ONCE = 8


def framed(text: bytes) -> bytes:
    """A server's text frame."""
    length = len(text)
    head = bytes((0x81, length)) if length < 126 else b"\x81\x7e" + length.to_bytes(2, "big")
    return head + text


def subscribed(listener: socket.socket, count: int) -> list[socket.socket]:
    """So many clients, each told that it is subscribed once it has asked for it, whatever for."""
    ready = selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    greeted: set[socket.socket] = set()
    links: list[socket.socket] = []
    while len(links) < count:
        for key, _events in ready.select():
            link = key.fileobj
            assert isinstance(link, socket.socket)
            if link is listener:
                ready.register(_accepted(listener), selectors.EVENT_READ)
                continue
            link.recv(4096)
            if link in greeted:
                ready.unregister(link)
                link.sendall(framed(SUBSCRIBED))
                links.append(link)
            else:
                greeted.add(link)
                link.sendall(REPLY)
    return links


def _accepted(listener: socket.socket) -> socket.socket:
    link, _address = listener.accept()
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def flood(links: list[socket.socket], seconds: float) -> int:
    """A few frames to each in turn; gives how many were sent. A full buffer waits for its reader.

    A few, as a server sends that has several events for a socket: one alone costs the sender more
    than the receiver, and would show what the sender can do.
    """
    sent = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        message = framed(event_text(Due("x" * 36, sent, time.monotonic())).encode())
        for link in links:
            link.sendall(message * AT_ONCE)
        sent += len(links) * AT_ONCE
    return sent


def main() -> None:
    """Wait for the clients, flood them, and say how many frames went out in how many seconds."""
    port, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    with socket.create_server(("127.0.0.1", port), backlog=4096) as listener:
        print("ready", flush=True)
        links = subscribed(listener, count)
        sys.stdin.readline()
        began = time.monotonic()
        sent = flood(links, seconds)
        print(sent, time.monotonic() - began, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()

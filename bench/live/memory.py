"""What large bodies and slow readers cost a server, and what a page load takes meanwhile."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from bench.harness.child import page_loads
from bench.harness.client import CHUNK_BYTES, MIB, Client
from bench.harness.figures import Report, percentile
from bench.live.receiver import handshake, subscribe
from bench.live.servers import OURS, LiveServer, Site
from tests.servers.memory import forget_peak, peak, resident

GIB = 1024 * MIB
PIECE = os.urandom(MIB)
WARM_UP_BYTES, UNKNOWN_BYTES = 16 * MIB, 400 * MIB
EVENTS_BYTES, EVENT_CHARACTERS, EVENTS_SECONDS = 300 * MIB, 10_000, 10.0
STALL_SECONDS = 3.0
GROWTH_MIB, PAGE_MS = 40.0, 300.0
FORM = (
    b'--mark\r\nContent-Disposition: form-data; name="video"; filename="large.mp4"\r\n'
    b"Content-Type: video/mp4\r\n\r\n"
)
FORM_END = b"\r\n--mark--\r\n"
VIDEOS = 24
"""A library of a usual size: its page is loaded."""
Act = Callable[[LiveServer], None]


def memory(folder: Path, report: Report) -> None:
    """Every case under each server, each server with a folder of its own."""
    cases: dict[str, Act] = {
        "1 GB multipart": partial(multipart, size=GIB),
        "1 GB by tus": partial(tus, size=GIB),
        "400 MB to an unknown address": unknown_address,
        "slow reader of 1 GB": slow_reader,
        "300 MB of events, never read": never_reads,
    }
    for name in OURS:
        with LiveServer(name, Site(folder / name, videos=VIDEOS)) as server:
            # Once for what is loaded at its first use.
            multipart(server, WARM_UP_BYTES)
            tus(server, WARM_UP_BYTES)
            with page_loads(server.base_url, server.token):
                pass
            for what, act in cases.items():
                _measure(report, server, what, act)


def _measure(report: Report, server: LiveServer, what: str, act: Act) -> None:
    before = resident(server.pid)
    forget_peak(server.pid)
    with page_loads(server.base_url, server.token) as loads:
        began = time.monotonic()
        act(server)
        name = f"{server.name}: {what} ({time.monotonic() - began:.0f} s)"
    grown = (peak(server.pid) - before) / MIB
    report.at_most(f"{name}: growth", grown, GROWTH_MIB, "MiB")
    report.at_most(f"{name}: page load p95", percentile(loads, 0.95), PAGE_MS, "ms")


def multipart(server: LiveServer, size: int) -> None:
    """As a form, by a program with a token."""
    headers = {
        "Content-Type": "multipart/form-data; boundary=mark",
        "Content-Length": str(len(FORM) + size + len(FORM_END)),
    }
    with Client(server.port, server.token) as client:
        client.ask("POST", "/api/upload", headers, _body(size, FORM, FORM_END))


def tus(server: LiveServer, size: int) -> None:
    """In chunks of 8 MiB."""
    with Client(server.port, server.token) as client:
        location, _video = client.create(size)
        for offset in range(0, size, CHUNK_BYTES):
            client.send_bytes(location, PIECE * (CHUNK_BYTES // MIB), offset)


def unknown_address(server: LiveServer) -> None:
    """To an address that does not exist; it goes on sending whatever is answered."""
    headers = {"Content-Length": str(UNKNOWN_BYTES)}
    with suppress(ConnectionError), Client(server.port, server.token) as client:
        client.open("POST", "/nowhere", headers, _body(UNKNOWN_BYTES)).read()


def slow_reader(server: LiveServer) -> None:
    """Asks for the latest upload, reads nothing for a while, then all of it."""
    with Client(server.port, server.token) as client:
        (video, *_) = json.loads(client.ask("GET", "/api/videos")[1])["videos"]
        answer = client.open("GET", video["sourceUrl"])
        time.sleep(STALL_SECONDS)
        received = sum(map(len, iter(lambda: answer.read(MIB), b"")))
    if received != GIB:
        raise RuntimeError(f"{received} bytes came")


def never_reads(server: LiveServer) -> None:
    """Subscribes, and takes nothing of what follows."""
    rate = EVENTS_BYTES / EVENT_CHARACTERS / EVENTS_SECONDS
    with handshake(server.port, "/ws/", server.token) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        subscribe(link, server.site.video_ids[0])
        time.sleep(1)
        server.publish(rate, EVENTS_SECONDS, padding=EVENT_CHARACTERS)
        time.sleep(EVENTS_SECONDS + 1)


def _body(size: int, head: bytes = b"", tail: bytes = b"") -> Iterator[bytes]:
    """So many bytes between two others."""
    yield head
    for _ in range(size // MIB):
        yield PIECE
    yield tail

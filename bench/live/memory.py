"""What large bodies and slow readers cost a server, and what a page load takes meanwhile."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.harness.child import page_loads
from bench.harness.client import CHUNK_BYTES, MIB, Client
from bench.harness.figures import Report, percentile
from bench.live.receiver import handshake, subscribe
from bench.live.servers import OURS, LiveServer, Site, serving
from tests.servers.memory import forget_peak, peak, resident

GIB = 1024 * MIB
PIECE = os.urandom(MIB)
WARM_UP_BYTES, UNKNOWN_BYTES = 16 * MIB, 400 * MIB
EVENTS_BYTES, EVENT_CHARACTERS, EVENTS_SECONDS = 300 * MIB, 10_000, 10.0
STALL_SECONDS = 3.0
GROWTH_MIB, PAGE_MS = 40.0, 300.0
BOUNDARY = "mark"
FORM = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="video"; filename="large.mp4"\r\n'
    "Content-Type: video/mp4\r\n\r\n"
).encode()
FORM_END = f"\r\n--{BOUNDARY}--\r\n".encode()
VIDEOS = 24
"""A library of a usual size: its page is loaded."""


def memory(folder: Path, report: Report) -> None:
    """Every case under each server, each server with a folder of its own."""
    for kind in OURS:
        site = Site(folder / kind, videos=VIDEOS)
        with serving(kind, site) as server:
            measure(server, report)


def measure(server: LiveServer, report: Report) -> None:
    """Once for what is loaded at its first use, then for the figures."""
    cases = Cases(server)
    cases.multipart(WARM_UP_BYTES)
    cases.tus(WARM_UP_BYTES)
    with page_loads(f"http://{server.url}/", server.site.token):
        pass
    every: dict[str, Callable[[], None]] = {
        "1 GB multipart": lambda: cases.multipart(GIB),
        "1 GB by tus": lambda: cases.tus(GIB),
        "400 MB to an unknown address": cases.unknown,
        "slow reader of 1 GB": cases.slow_reader,
        "300 MB of events, never read": cases.never_reads,
    }
    for what, act in every.items():
        with report.measuring(f"{server.kind}: {what}"):
            _measure_case(server, report, what, act)


def _measure_case(server: LiveServer, report: Report, what: str, act: Callable[[], None]) -> None:
    before = resident(server.pid)
    forget_peak(server.pid)
    with page_loads(f"http://{server.url}/", server.site.token) as loads:
        began = time.monotonic()
        act()
        seconds = time.monotonic() - began
    grown = (peak(server.pid) - before) / MIB
    name = f"{server.kind}: {what} ({seconds:.0f} s)"
    report.at_most(f"{name}: growth", grown, GROWTH_MIB, "MiB")
    report.at_most(f"{name}: page load p95", 1000 * percentile(loads, 0.95), PAGE_MS, "ms")


@dataclass
class Cases:
    """What is done to one server."""

    server: LiveServer
    source_url: str = ""

    def multipart(self, size: int) -> None:
        """As a form, by a program with a token."""
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(FORM) + size + len(FORM_END)),
        }
        with self._client() as client:
            _, answer = client.ask("POST", "/api/upload", headers, _body(size, FORM, FORM_END))
            video_id = json.loads(answer)["videoId"]
            _, video = client.ask("GET", f"/api/videos/{video_id}")
        self.source_url = json.loads(video)["sourceUrl"]

    def tus(self, size: int) -> None:
        """In chunks of 8 MiB."""
        with self._client() as client:
            location, _video = client.create(size)
            for offset in range(0, size, CHUNK_BYTES):
                client.send_bytes(location, PIECE * (CHUNK_BYTES // MIB), offset)

    def unknown(self) -> None:
        """To an address that does not exist; it goes on sending whatever is answered."""
        headers = {"Content-Length": str(UNKNOWN_BYTES)}
        with suppress(ConnectionError), self._client() as client:
            client.open("POST", "/nowhere", headers, _body(UNKNOWN_BYTES)).read()

    def slow_reader(self) -> None:
        """Asks, reads nothing for a while, then all of it."""
        received = 0
        with self._client() as client:
            answer = client.open("GET", self.source_url)
            time.sleep(STALL_SECONDS)
            while piece := answer.read(MIB):
                received += len(piece)
        if received != GIB:
            raise RuntimeError(f"{received} bytes came")

    def never_reads(self) -> None:
        """Subscribes, and takes nothing of what follows."""
        rate = EVENTS_BYTES / EVENT_CHARACTERS / EVENTS_SECONDS
        site = self.server.site
        with handshake(self.server.port, "/ws/", site.token) as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
            subscribe(link, site.video_ids[0])
            time.sleep(1)
            self.server.publish(rate, EVENTS_SECONDS, padding=EVENT_CHARACTERS)
            time.sleep(EVENTS_SECONDS + 1)

    def _client(self) -> closing[Client]:
        return closing(Client(self.server.port, self.server.site.token))


def _body(size: int, head: bytes = b"", tail: bytes = b"") -> Iterator[bytes]:
    """So many bytes between two others."""
    yield head
    for _ in range(size // MIB):
        yield PIECE
    yield tail

"""What large bodies and slow readers cost a server, and what a page load takes meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.live_client import TEXT, frame
from bench.live_figures import Figure, Figures
from bench.live_many import KINDS
from bench.live_servers import LiveServer, Site
from tests.servers.memory import forget_peak, peak, resident

MIB = 1024 * 1024
GIB = 1024 * MIB
PIECE = os.urandom(MIB)
CHUNK = 8 * MIB
UNKNOWN_BYTES = 400 * MIB
EVENTS_BYTES, EVENT_CHARACTERS, EVENTS_SECONDS = 300 * MIB, 10_000, 10.0
STALL_SECONDS = 3.0
GROWTH_MIB, PAGE_MS = 40.0, 300.0
PAGE_EVERY_SECONDS = 0.05
BOUNDARY = "mark"
VIDEOS = 24
"""A library of a usual size: its page is loaded."""


def measure(folder: Path, figures: Figures) -> None:
    """Every case under each server, each server with a folder of its own."""
    for kind in KINDS:
        site = Site(folder.with_name(f"data-{kind}"), videos=VIDEOS)
        with LiveServer(kind, site) as server:
            Table(server, site, figures).fill()


class Table:
    """The cases of one server."""

    def __init__(self, server: LiveServer, site: Site, figures: Figures) -> None:
        self.server, self.site, self.figures = server, site, figures
        self.source = ""

    def fill(self) -> None:
        """Once for what is loaded at its first use, then for the table."""
        self.multipart(16 * MIB)
        self.tus(16 * MIB)
        for _ in range(20):
            page_load(self.server.address)
        self._case("1 GB multipart", lambda: self.multipart(GIB))
        self._case("1 GB by tus", lambda: self.tus(GIB))
        self._case("400 MB to an unknown address", self.unknown)
        self._case("slow reader of 1 GB", self.slow_reader)
        self._case("300 MB of events, never read", self.never_reads)

    def multipart(self, size: int) -> None:
        """As a form, by a program with a token."""
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="video"; '
            'filename="large.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
        ).encode()
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        status, answer = self._send(
            "POST",
            "/api/upload",
            body(head, size, tail),
            {
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                "Content-Length": str(len(head) + size + len(tail)),
            },
        )
        expect(status, 201, answer)
        self.source = self._source(json.loads(answer)["videoId"])

    def tus(self, size: int) -> None:
        """In chunks of 8 MiB."""
        protocol = {"Tus-Resumable": "1.0.0"}
        connection = http.client.HTTPConnection(self.server.address, timeout=60)
        headers = {**self._token(), **protocol, "Upload-Length": str(size)}
        connection.request("POST", "/api/uploads/", headers=headers)
        response = connection.getresponse()
        expect(response.status, 201, response.read())
        where = response.headers["Location"].partition(self.server.address)[2]
        where = where or response.headers["Location"]
        for offset in range(0, size, CHUNK):
            chunk = {
                **self._token(),
                **protocol,
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            connection.request("PATCH", where, body=PIECE * 8, headers=chunk)
            response = connection.getresponse()
            expect(response.status, 204, response.read())
        connection.close()

    def unknown(self) -> None:
        """By a stranger, who goes on sending whatever is answered."""
        with suppress(ConnectionError):
            headers = {"Content-Length": str(UNKNOWN_BYTES)}
            self._send("POST", "/nowhere", body(b"", UNKNOWN_BYTES, b""), headers)

    def slow_reader(self) -> None:
        """Asks, reads nothing for a while, then all of it."""
        connection = http.client.HTTPConnection(self.server.address, timeout=60)
        connection.request("GET", self.source, headers=self._token())
        response = connection.getresponse()
        time.sleep(STALL_SECONDS)
        received = 0
        while piece := response.read(MIB):
            received += len(piece)
        connection.close()
        expect(received, GIB, b"bytes")

    def never_reads(self) -> None:
        """Subscribes, and takes nothing of what follows."""
        count = EVENTS_BYTES / EVENT_CHARACTERS
        with never_reading(self.server, self.site):
            self.server.publish(count / EVENTS_SECONDS, EVENTS_SECONDS, padding=EVENT_CHARACTERS)
            time.sleep(EVENTS_SECONDS + 1)

    def _case(self, what: str, act: Callable[[], None]) -> None:
        before = resident(self.server.pid)
        forget_peak(self.server.pid)
        with pages(self.server.address) as loads:
            began = time.monotonic()
            act()
            seconds = time.monotonic() - began
        grown = (peak(self.server.pid) - before) / MIB
        name = f"{self.server.kind}: {what} ({seconds:.0f} s)"
        self.figures.add(Figure("memory", f"{name}: growth", grown, "MiB", most=GROWTH_MIB))
        p95 = 1000 * statistics.quantiles(loads, n=20)[-1]
        self.figures.add(Figure("memory", f"{name}: page load p95", p95, "ms", most=PAGE_MS))

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.site.token}"}

    def _source(self, video_id: str) -> str:
        request = urllib.request.Request(
            f"http://{self.server.address}/api/videos/{video_id}", headers=self._token()
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(json.load(answer)["sourceUrl"])

    def _send(
        self, method: str, path: str, content: Iterator[bytes], headers: dict[str, str]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.server.address, timeout=120)
        try:
            connection.request(method, path, content, {**self._token(), **headers})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def body(head: bytes, size: int, tail: bytes) -> Iterator[bytes]:
    """So many bytes between two others."""
    yield head
    for _ in range(size // MIB):
        yield PIECE
    yield tail


def expect(found: int, wanted: int, said: bytes) -> None:
    """Else the figure would be of something else."""
    if found != wanted:
        raise RuntimeError(f"{found} instead of {wanted}: {said[:200]!r}")


def page_load(address: str) -> float:
    """Seconds for the library's page."""
    began = time.monotonic()
    with urllib.request.urlopen(f"http://{address}/", timeout=60) as answer:
        answer.read()
    return time.monotonic() - began


@contextmanager
def pages(address: str) -> Iterator[list[float]]:
    """Somebody loads the page again and again meanwhile; the seconds each took."""
    loads: list[float] = []
    done = threading.Event()

    def load() -> None:
        while not done.wait(PAGE_EVERY_SECONDS):
            loads.append(page_load(address))

    thread = threading.Thread(target=load)
    thread.start()
    try:
        yield loads
    finally:
        # What lasted a moment only is measured by some loads after it as well.
        time.sleep(max(0.0, 0.5 - PAGE_EVERY_SECONDS * len(loads)))
        done.set()
        thread.join()


@contextmanager
def never_reading(server: LiveServer, site: Site) -> Iterator[None]:
    """A socket that subscribed to the first video."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        lines = [
            "GET /ws/ HTTP/1.1",
            f"Host: {server.address}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            f"Authorization: Bearer {site.token}",
        ]
        link.sendall("\r\n".join([*lines, "", ""]).encode())
        link.recv(4096)
        asked = {"type": "subscribe", "videoId": site.video_ids()[0]}
        link.sendall(frame(TEXT, json.dumps(asked).encode()))
        time.sleep(1)
        yield

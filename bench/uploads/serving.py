"""Parts of a large file, and many who read all of it at once."""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import fmean

from bench.uploads.client import MIB, Client, Site
from tests.servers.app import RunningServer
from tests.servers.memory import resident

PIECE_BYTES = 256 * 1024
LONGEST_RANGE = 2 * MIB
LOOK_SECONDS = 0.1
SETTLED_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Serving:
    """Wrong ranges, ms to the first byte near the end, and the server while many read."""

    ranges: int
    wrong: int
    seek_ms: float
    readers: int
    incomplete: int
    grown: float
    """MiB between what the server held before and the most while they read."""
    crept: float
    """MiB by which its mean rose from the first half of the reading to the second: a server that
    kept anything of what it sends would rise all the while."""
    speed: float
    """MiB a second of all readers together."""


def serving(server: RunningServer, path: Path, ranges: int, readers: int, seed: int) -> Serving:
    """Upload the file, then read it."""
    size = path.stat().st_size
    with closing(Client(Site.of(server))) as client:
        location, video_id = client.create(size)
        client.send(location, path)
    url = f"/sources/{video_id}/a.mp4"
    wrong = _wrong_ranges(server, url, path, ranges, seed)
    seek = _first_byte(server, url, size - MIB)
    before = resident(server.pid) / MIB
    most, over = [before], threading.Event()
    watcher = threading.Thread(target=_watch, args=(server.pid, most, over))
    watcher.start()
    began = time.monotonic()
    with ThreadPoolExecutor(readers) as pool:
        read = list(pool.map(lambda _: _read_all(server, url), range(readers)))
    seconds = time.monotonic() - began
    over.set()
    watcher.join()
    incomplete = sum(each != size for each in read)
    speed = sum(read) / MIB / seconds
    grown, crept = max(most) - before, _rise(most[SETTLED_LOOKS:])
    return Serving(ranges, wrong, seek, readers, incomplete, grown, crept, speed)


def _rise(held: list[float]) -> float:
    """How much higher the mean of the second half is than that of the first."""
    half = len(held) // 2
    return fmean(held[half:]) - fmean(held[:half])


def _wrong_ranges(server: RunningServer, url: str, path: Path, count: int, seed: int) -> int:
    """How many random ranges are not the same bytes of the file."""
    made, size, wrong = random.Random(seed), path.stat().st_size, 0
    link = HTTPConnection("127.0.0.1", server.port, timeout=60)
    with path.open("rb") as file:
        for _ in range(count):
            start = made.randrange(size)
            end = min(size, start + made.randrange(1, LONGEST_RANGE))
            said, first, last = made.choice(
                [
                    (f"{start}-{end - 1}", start, end),
                    (f"-{size - start}" if size - start < LONGEST_RANGE else "-5", 0, size),
                    (f"{size - 1000}-", size - 1000, size),
                ]
            )
            if said.startswith("-"):
                first = size - int(said[1:])
            status, content_range, body = _part(link, server, url, f"bytes={said}")
            right = f"bytes {first}-{last - 1}/{size}"
            expected = os.pread(file.fileno(), last - first, first)
            wrong += (status, content_range, body) != (206, right, expected)
    link.close()
    return wrong


def _part(
    link: HTTPConnection, server: RunningServer, url: str, wanted: str
) -> tuple[int, str | None, bytes]:
    headers = {"Range": wanted, "Authorization": f"Bearer {server.token}"}
    link.request("GET", url, headers=headers)
    answer = link.getresponse()
    return answer.status, answer.headers["Content-Range"], answer.read()


def _first_byte(server: RunningServer, url: str, start: int) -> float:
    """Milliseconds from the request to the first byte of what a player asks for."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as link:
        headers = {"Range": f"bytes={start}-", "Authorization": f"Bearer {server.token}"}
        began = time.monotonic()
        link.request("GET", url, headers=headers)
        link.getresponse().read(1)
        return 1000 * (time.monotonic() - began)


def _read_all(server: RunningServer, url: str) -> int:
    """How many bytes came."""
    count = 0
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=120)) as link:
        link.request("GET", url, headers={"Authorization": f"Bearer {server.token}"})
        answer = link.getresponse()
        while piece := answer.read(PIECE_BYTES):
            count += len(piece)
    return count


def _watch(pid: int, most: list[float], over: threading.Event) -> None:
    while not over.wait(LOOK_SECONDS):
        most.append(resident(pid) / MIB)

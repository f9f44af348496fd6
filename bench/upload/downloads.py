"""Parts of a large file, and many who read all of it at once."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import fmean

from bench.harness.client import MIB, Client
from bench.harness.figures import Report
from tests.servers.app import RunningServer
from tests.servers.memory import resident

RANGES, READERS, SEED = 200, 20, 7
PIECE_BYTES = 256 * 1024
MAX_RANGE = 2 * MIB
SAMPLE_SECONDS = 0.1
SETTLED_SAMPLES = 10
GROWTH_MIB, RISE_MIB = 40, 2


def downloads(folder: Path, path: Path, report: Report) -> None:
    """Upload the file, then read it."""
    size = path.stat().st_size
    with RunningServer(folder / "downloads") as server:
        with closing(Client(server.port, server.token)) as client:
            location, video_id = client.create(size)
            client.send(location, path)
            url = f"/sources/{video_id}/a.mp4"
            wrong = _wrong_ranges(client, url, path)
        report.at_most(f"wrong ones of {RANGES} random ranges", wrong, 0)
        report.note("first byte near the end", _first_byte_ms(server, url, size - MIB), "ms")
        with sampled_memory(server.pid) as held, ThreadPoolExecutor(READERS) as pool:
            began = time.monotonic()
            read = list(pool.map(lambda _: _read_all(server, url), range(READERS)))
            seconds = time.monotonic() - began
    report.note(f"{READERS} readers together", sum(read) / MIB / seconds, "MiB/s")
    report.at_most("incomplete reads", sum(each != size for each in read), 0)
    report.at_most("server grew by readers", max(held) - held[0], GROWTH_MIB, "MiB")
    # A server that kept anything of what it sends would rise all the while.
    settled = held[SETTLED_SAMPLES:]
    half = len(settled) // 2
    rise = fmean(settled[half:]) - fmean(settled[:half])
    report.at_most("mean rose in the second half of reading", rise, RISE_MIB, "MiB")


def _wrong_ranges(client: Client, url: str, path: Path) -> int:
    """How many random ranges are not the same bytes of the file."""
    made, size, wrong = random.Random(SEED), path.stat().st_size, 0
    with path.open("rb") as file:
        for _ in range(RANGES):
            start = made.randrange(size)
            end = min(size, start + made.randrange(1, MAX_RANGE))
            last = size - start if size - start < MAX_RANGE else 5
            byte_range, first, end = made.choice(
                [
                    (f"{start}-{end - 1}", start, end),
                    (f"-{last}", size - last, size),
                    (f"{size - 1000}-", size - 1000, size),
                ]
            )
            answer = client.open("GET", url, {"Range": f"bytes={byte_range}"})
            answered = (answer.status, answer.headers["Content-Range"], answer.read())
            expected = os.pread(file.fileno(), end - first, first)
            wrong += answered != (206, f"bytes {first}-{end - 1}/{size}", expected)
    return wrong


def _first_byte_ms(server: RunningServer, url: str, start: int) -> float:
    """From the request to the first byte of what a player asks for."""
    with closing(Client(server.port, server.token)) as client:
        began = time.monotonic()
        client.open("GET", url, {"Range": f"bytes={start}-"}).read(1)
        return 1000 * (time.monotonic() - began)


def _read_all(server: RunningServer, url: str) -> int:
    """How many bytes came."""
    count = 0
    with closing(Client(server.port, server.token)) as client:
        answer = client.open("GET", url)
        while piece := answer.read(PIECE_BYTES):
            count += len(piece)
    return count


@contextmanager
def sampled_memory(pid: int) -> Iterator[list[float]]:
    """MiB that a process holds, at first and again and again until the block ends."""
    held, ended = [resident(pid) / MIB], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            held.append(resident(pid) / MIB)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield held
    finally:
        ended.set()
        thread.join()

"""How fast files come and go: a large one beside the reference server, many at once, readers."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import fmean, median

from bench.harness.child import page_loads
from bench.harness.client import MIB, Client
from bench.harness.figures import Report, percentile
from bench.upload.files import is_stored, random_file, source_of, sync
from tests.servers.app import RunningServer
from tests.servers.live import wait_for
from tests.servers.memory import peak, resident
from tests.servers.tus_reference import ReferenceServer

SIZE, PAIRS = 1024 * MIB, 7
MIN_SHARE = 0.7
GROWTH_MIB, RISE_MIB, PAGE_MS = 40, 2, 300
PARALLEL, PARALLEL_BYTES = 20, 100 * 1000 * 1000
SETTLE_SECONDS, DELETION_SECONDS = 0.2, 60
RANGES, READERS, SEED = 200, 20, 7
PIECE_BYTES, MAX_RANGE = 256 * 1024, 2 * MIB
SAMPLE_SECONDS, SETTLED_SAMPLES = 0.1, 10


def speed(folder: Path, report: Report) -> None:
    """Both in turns, the order changing; each file is synced before the clock stops."""
    path = random_file(folder / "large.mp4", SIZE)
    with (
        RunningServer(folder / "speed") as server,
        ReferenceServer(folder / "reference") as reference,
    ):
        ours, theirs = partial(_upload_to_us, server), partial(_upload_to_reference, reference)
        ours(path)  # the first one warms caches and allocators
        before = resident(server.pid)
        taken: dict[Callable[[Path], float], list[float]] = {ours: [], theirs: []}
        for number in range(PAIRS):
            for act in (ours, theirs) if number % 2 else (theirs, ours):
                taken[act].append(act(path))
                # Nothing of one turn is written during the next.
                os.sync()
                time.sleep(SETTLE_SECONDS)
        grown = (peak(server.pid) - before) / MIB
    report.note("upload of the large file", SIZE / MIB / median(taken[ours]), "MiB/s")
    report.note("reference server (Node)", SIZE / MIB / median(taken[theirs]), "MiB/s")
    ratio = median(b / a for a, b in zip(taken[ours], taken[theirs], strict=True))
    report.at_least("ours / reference, median of the pairs", ratio, MIN_SHARE)
    report.at_most("server grew by uploads", grown, GROWTH_MIB, "MiB")


def _upload_to_us(server: RunningServer, path: Path) -> float:
    with Client(server.port, server.token) as client:
        location, video_id = client.create(path.stat().st_size)
        began = time.monotonic()
        client.send(location, path)
        sync(source := source_of(server, video_id))
        seconds = time.monotonic() - began
        client.ask("DELETE", f"/api/videos/{video_id}")
    wait_for(lambda: not source.exists(), DELETION_SECONDS, "the deletion of the file")
    return seconds


def _upload_to_reference(reference: ReferenceServer, path: Path) -> float:
    with Client(reference.port, uploads=reference.path) as client:
        location, _video = client.create(path.stat().st_size)
        began = time.monotonic()
        client.send(location, path)
        sync(reference.file(location))
        seconds = time.monotonic() - began
    reference.file(location).unlink()
    return seconds


def parallel(folder: Path, report: Report) -> None:
    """Twenty uploads at once, and how quick pages stay meanwhile."""
    path = random_file(folder / "medium.mp4", PARALLEL_BYTES, seed=1)
    with RunningServer(folder / "parallel") as server:
        with (
            ThreadPoolExecutor(PARALLEL) as pool,
            page_loads(server.base_url, server.token) as loads,
        ):
            began = time.monotonic()
            uploads = [pool.submit(_upload, server, path) for _ in range(PARALLEL)]
            errors = [error for each in uploads if (error := each.exception())]
            seconds = time.monotonic() - began
        # Apart from the page loads: a person who uploads does not read the server's disk.
        videos = [each.result() for each in uploads if not each.exception()]
        changed = sum(not is_stored(server, video_id, path) for video_id in videos)
    rate = PARALLEL * PARALLEL_BYTES / MIB / seconds
    report.note(f"{PARALLEL} uploads of 100 MB at once", rate, "MiB/s")
    for error in errors[:3]:
        print(repr(error)[:200])
    report.at_most("errors and changed files of them", len(errors) + changed, 0)
    report.note("a page meanwhile, median", median(loads), "ms")
    report.at_most("a page meanwhile, p95", percentile(loads, 0.95), PAGE_MS, "ms")


def _upload(server: RunningServer, path: Path) -> str:
    """The video's id, once all is acknowledged."""
    with Client(server.port, server.token) as client:
        return client.upload(path)[1]


def downloads(folder: Path, report: Report) -> None:
    """Parts of a large file, and many who read all of it at once."""
    path = random_file(folder / "large.mp4", SIZE)
    with RunningServer(folder / "downloads") as server:
        with Client(server.port, server.token) as client:
            url = f"/sources/{client.upload(path)[1]}/a.mp4"
            wrong = _wrong_ranges(client, url, path)
        report.at_most(f"wrong ones of {RANGES} random ranges", wrong, 0)
        with sampled_memory(server.pid) as held, ThreadPoolExecutor(READERS) as pool:
            read = list(pool.map(lambda _: _read_all(server, url), range(READERS)))
    report.at_most("incomplete reads", sum(each != SIZE for each in read), 0)
    report.at_most("server grew by readers", max(held) - held[0], GROWTH_MIB, "MiB")
    # A server that kept anything of what it sends would rise all the while.
    settled = held[SETTLED_SAMPLES:]
    half = len(settled) // 2
    rise = fmean(settled[half:]) - fmean(settled[:half])
    report.at_most("mean rose in the second half of reading", rise, RISE_MIB, "MiB")


def _wrong_ranges(client: Client, url: str, path: Path) -> int:
    """How many random ranges are not the same bytes of the file."""
    numbers, size, wrong = random.Random(SEED), path.stat().st_size, 0
    with path.open("rb") as file:
        for _ in range(RANGES):
            start = numbers.randrange(size)
            end = min(size, start + numbers.randrange(1, MAX_RANGE))
            last = size - start if size - start < MAX_RANGE else 5
            byte_range, first, end = numbers.choice(
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


def _read_all(server: RunningServer, url: str) -> int:
    """How many bytes came."""
    with Client(server.port, server.token) as client:
        answer = client.open("GET", url)
        return sum(map(len, iter(lambda: answer.read(PIECE_BYTES), b"")))


@contextmanager
def sampled_memory(pid: int) -> Iterator[list[float]]:
    """MiB that a process holds, at first and again and again until the block ends."""
    held, ended = [resident(pid) / MIB], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            held.append(resident(pid) / MIB)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(sample)
        try:
            yield held
        finally:
            ended.set()

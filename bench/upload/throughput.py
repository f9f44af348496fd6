"""How fast files arrive: a large one beside the reference server, and many at once."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from bench.harness.child import page_loads
from bench.harness.client import MIB, Client
from bench.harness.figures import Report, percentile
from bench.upload.files import random_file, sha256, source_of, sync
from tests.servers.app import RunningServer
from tests.servers.live import wait_for
from tests.servers.memory import peak, resident
from tests.servers.tus_reference import ReferenceServer

MIN_SHARE = 0.7
GROWTH_MIB, PAGE_MS = 40, 300
PARALLEL, PARALLEL_BYTES = 20, 100 * 1000 * 1000
SETTLE_SECONDS, DELETION_SECONDS = 0.2, 60


def speed(folder: Path, path: Path, pairs: int, report: Report) -> None:
    """Both in turns, the order changing; each file is synced before the clock stops."""
    with (
        RunningServer(folder / "speed") as server,
        ReferenceServer(folder / "reference") as reference,
    ):
        turns = {
            "upload of the large file": partial(_upload_to_us, server, path),
            "reference server (Node)": partial(_upload_to_reference, reference, path),
        }
        limit = {"cp + fsync": partial(_copy, server.data_dir / "copy", path)}
        rates: dict[str, list[float]] = {name: [] for name in (*turns, *limit)}
        _upload_to_us(server, path)  # the first one warms caches and allocators
        before = resident(server.pid)
        for number in range(pairs):
            pair = list(turns.items())[:: 1 if number % 2 else -1]
            for name, act in (*pair, *limit.items()):
                rates[name].append(path.stat().st_size / MIB / act())
                # Nothing of one turn is written during the next.
                os.sync()
                time.sleep(SETTLE_SECONDS)
        grown = (peak(server.pid) - before) / MIB
    for name, each in rates.items():
        report.note(name, f"{median(each):.0f} ({min(each):.0f} to {max(each):.0f})", "MiB/s")
    ours, theirs, _copies = rates.values()
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    report.at_least("ours / reference, median of the pairs", ratio, MIN_SHARE)
    report.at_most("server grew by uploads", grown, GROWTH_MIB, "MiB")


def _upload_to_us(server: RunningServer, path: Path) -> float:
    with closing(Client(server.port, server.token)) as client:
        location, video_id = client.create(path.stat().st_size)
        began = time.monotonic()
        client.send(location, path)
        seconds = _synced_after(began, source := source_of(server, video_id))
        client.ask("DELETE", f"/api/videos/{video_id}")
    wait_for(lambda: not source.exists(), DELETION_SECONDS, "the deletion of the file")
    return seconds


def _upload_to_reference(reference: ReferenceServer, path: Path) -> float:
    with closing(Client(reference.port, uploads=reference.path)) as client:
        location, _video = client.create(path.stat().st_size)
        began = time.monotonic()
        client.send(location, path)
        seconds = _synced_after(began, reference.file(location))
    reference.file(location).unlink()
    return seconds


def _copy(target: Path, path: Path) -> float:
    """What the disk can do at best."""
    began = time.monotonic()
    seconds = _synced_after(began, Path(shutil.copyfile(path, target)))
    target.unlink()
    return seconds


def _synced_after(began: float, path: Path) -> float:
    """Seconds until a file is on the disk."""
    sync(path)
    return time.monotonic() - began


def parallel(folder: Path, report: Report) -> None:
    """Twenty uploads at once, and how quick pages stay meanwhile."""
    path = random_file(folder / "medium.mp4", PARALLEL_BYTES, seed=1)
    expected = sha256(path)
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
        changed = sum(sha256(source_of(server, video_id)) != expected for video_id in videos)
    rate = PARALLEL * PARALLEL_BYTES / MIB / seconds
    report.note(f"{PARALLEL} uploads of 100 MB at once", rate, "MiB/s")
    for error in errors[:3]:
        print(repr(error)[:200])
    report.at_most("errors and changed files of them", len(errors) + changed, 0)
    report.note("a page meanwhile, median", 1000 * median(loads), "ms")
    report.at_most("a page meanwhile, p95", 1000 * percentile(loads, 0.95), PAGE_MS, "ms")


def _upload(server: RunningServer, path: Path) -> str:
    """The video's id, once all is acknowledged."""
    with closing(Client(server.port, server.token)) as client:
        location, video_id = client.create(path.stat().st_size)
        client.send(location, path)
        return video_id

"""How fast files arrive: a large one beside the reference server, and many at once."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from bench.harness.client import MIB, Client
from bench.harness.figures import Report, percentile
from bench.harness.page_loads import page_loads
from bench.upload.files import is_same, random_file, source_of, sync
from tests.servers.app import RunningServer
from tests.servers.live import wait_for
from tests.servers.memory import peak, resident
from tests.servers.tus_reference import ReferenceServer

LEAST_SHARE = 0.7
GROWTH_MIB, PAGE_MS = 40, 300
PARALLEL, PARALLEL_BYTES = 20, 100 * 1000 * 1000
SETTLE_SECONDS, DELETION_SECONDS = 0.2, 60


def speed(folder: Path, path: Path, pairs: int, report: Report) -> None:
    """Both in turns, the order changing; each file is synced before the clock stops."""
    ours, theirs, copies = list[float](), list[float](), list[float]()
    with (
        RunningServer(folder / "speed") as server,
        ReferenceServer(folder / "reference") as reference,
    ):
        _upload_to_us(server, path)  # the first one warms caches and allocators
        before = resident(server.pid)
        for number in range(pairs):
            turns: list[Callable[[], None]] = [
                lambda: ours.append(_upload_to_us(server, path)),
                lambda: theirs.append(_upload_to_reference(reference, path)),
            ]
            for turn in turns if number % 2 else reversed(turns):
                turn()
            copies.append(_copy(path, server.data_dir / "copy"))
        grown = (peak(server.pid) - before) / MIB
    report.note("upload of the large file", _spread(ours), "MiB/s")
    report.note("reference server (Node)", _spread(theirs), "MiB/s")
    report.note("cp + fsync", _spread(copies), "MiB/s")
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    report.at_least("ours / reference, median of the pairs", ratio, LEAST_SHARE)
    report.at_most("server grew by uploads", grown, GROWTH_MIB, "MiB")


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def _upload_to_us(server: RunningServer, path: Path) -> float:
    with closing(Client(server.port, server.token)) as client:
        location, video_id = client.create(path.stat().st_size)
        rate = _sent(client, location, path, partial(source_of, server, video_id))
        source = source_of(server, video_id)
        client.ask("DELETE", f"/api/videos/{video_id}")
    wait_for(lambda: not source.exists(), DELETION_SECONDS, "the deletion of the file")
    _settle()
    return rate


def _upload_to_reference(reference: ReferenceServer, path: Path) -> float:
    with closing(Client(reference.port, uploads=reference.path)) as client:
        location, _video = client.create(path.stat().st_size)
        rate = _sent(client, location, path, partial(reference.file, location))
    reference.file(location).unlink()
    _settle()
    return rate


def _sent(client: Client, location: str, path: Path, arrived: Callable[[], Path]) -> float:
    """MiB a second until the file that arrived is on the disk."""
    began = time.monotonic()
    client.send(location, path)
    sync(arrived())
    return path.stat().st_size / MIB / (time.monotonic() - began)


def _copy(path: Path, target: Path) -> float:
    """`cp` and fsync: what the disk can do at best."""
    began = time.monotonic()
    shutil.copyfile(path, target)
    sync(target)
    seconds = time.monotonic() - began
    target.unlink()
    _settle()
    return path.stat().st_size / MIB / seconds


def _settle() -> None:
    """Nothing of one turn is written during the next."""
    os.sync()
    time.sleep(SETTLE_SECONDS)


def parallel(folder: Path, report: Report) -> None:
    """Twenty uploads at once, and how quick pages stay meanwhile."""
    path = random_file(folder / "medium.mp4", PARALLEL_BYTES, seed=1)
    with RunningServer(folder / "parallel") as server:
        with (
            ThreadPoolExecutor(PARALLEL) as pool,
            page_loads(server.base_url, server.token) as loads,
        ):
            began = time.monotonic()
            results = list(pool.map(lambda _: _upload(server, path), range(PARALLEL)))
            seconds = time.monotonic() - began
        # Apart from the page loads: a person who uploads does not read the server's disk.
        errors = [error for _video, error in results if error]
        videos = [video_id for video_id, error in results if not error]
        changed = sum(not is_same(source_of(server, video_id), path) for video_id in videos)
    rate = PARALLEL * PARALLEL_BYTES / MIB / seconds
    report.note(f"{PARALLEL} uploads of 100 MB at once", rate, "MiB/s")
    for error in errors[:3]:
        print(error[:200])
    report.at_most("errors and changed files of them", len(errors) + changed, 0)
    report.note("a page meanwhile, median", 1000 * median(loads), "ms")
    report.at_most("a page meanwhile, p95", 1000 * percentile(loads, 0.95), PAGE_MS, "ms")


def _upload(server: RunningServer, path: Path) -> tuple[str, str]:
    """The video's id, and the error where there was one."""
    video_id = ""
    try:
        with closing(Client(server.port, server.token)) as client:
            location, video_id = client.create(path.stat().st_size)
            client.send(location, path)
    except Exception as error:  # noqa: BLE001 (each is counted)
        return video_id, repr(error)
    return video_id, ""

"""How fast one file of 1 GiB arrives, beside the reference server and beside a copy."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.uploads.client import MIB, Client, Site, source_of
from tests.servers.app import RunningServer
from tests.servers.memory import peak, resident
from tests.servers.tus_reference import ReferenceServer


@dataclass(frozen=True, slots=True)
class Speed:
    """MiB a second of each pair, a copy's, and by how many MiB the server grew."""

    ours: list[float]
    theirs: list[float]
    copies: list[float]
    grown: float

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return median(one / other for one, other in zip(self.ours, self.theirs, strict=True))


def speed(server: RunningServer, reference: ReferenceServer, path: Path, pairs: int) -> Speed:
    """Both in turns, the order changing; each file is synced before the clock stops."""
    found = Speed([], [], [], 0.0)
    _ours(server, path)  # the first one warms caches and allocators
    before = resident(server.pid) / MIB
    for number in range(pairs):
        turns: list[Callable[[], None]] = [
            lambda: found.ours.append(_ours(server, path)),
            lambda: found.theirs.append(_theirs(reference, path)),
        ]
        for turn in turns if number % 2 else reversed(turns):
            turn()
        found.copies.append(_copy(path, server.data_dir / "copy"))
    grown = peak(server.pid) / MIB - before
    return Speed(found.ours, found.theirs, found.copies, grown)


def _ours(server: RunningServer, path: Path) -> float:
    client = Client(Site.of(server))
    location, video_id = client.create(path.stat().st_size)
    began = time.monotonic()
    client.send(location, path)
    _sync(source_of(server, video_id))
    seconds = time.monotonic() - began
    _give_up(server, video_id)
    client.close()
    return path.stat().st_size / MIB / seconds


def _theirs(reference: ReferenceServer, path: Path) -> float:
    client = Client(Site(reference.port, reference.path))
    location, _ = client.create(path.stat().st_size)
    began = time.monotonic()
    client.send(location, path)
    _sync(reference.file(location))
    seconds = time.monotonic() - began
    reference.file(location).unlink()
    client.close()
    _settle()
    return path.stat().st_size / MIB / seconds


def _copy(path: Path, target: Path) -> float:
    """`cp` and fsync: what the disk can do at best."""
    began = time.monotonic()
    shutil.copyfile(path, target)
    _sync(target)
    seconds = time.monotonic() - began
    target.unlink()
    _settle()
    return path.stat().st_size / MIB / seconds


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _give_up(server: RunningServer, video_id: str) -> None:
    """Delete the video, and wait until its probe and its file are gone."""
    folder = server.data_dir / "library" / "sources" / video_id
    client = Client(Site.of(server))
    client.delete(f"/api/videos/{video_id}")
    client.close()
    deadline = time.monotonic() + 60
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    _settle()


def _settle() -> None:
    """Nothing of one turn is written during the next."""
    os.sync()
    time.sleep(0.2)

"""Twenty uploads at once, and how quick pages stay meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from threading import Event
from urllib.request import Request, urlopen

from bench.uploads.client import MIB, Client, Site, source_of
from bench.uploads.proof import sha256
from tests.servers.app import RunningServer

PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Crowd:
    """What became of all, and seconds of each page meanwhile."""

    errors: list[str]
    pages: list[float]
    speed: float
    """MiB a second of all together."""

    @property
    def p95(self) -> float:
        """The page time that 95 % stayed below, in ms."""
        return 1000 * quantiles(self.pages, n=20)[-1]


def crowd(server: RunningServer, path: Path, count: int) -> Crowd:
    """Upload the same file so many times at once."""
    over, wanted = Event(), sha256(path)
    with ThreadPoolExecutor(count + 1) as pool:
        looking = pool.submit(_look, server, over)
        began = time.monotonic()
        sent = [pool.submit(_send, server, path, wanted) for _ in range(count)]
        errors = [error for each in sent if (error := each.result())]
        seconds = time.monotonic() - began
        over.set()
        pages = looking.result()
    return Crowd(errors, pages, count * path.stat().st_size / MIB / seconds)


def _send(server: RunningServer, path: Path, wanted: str) -> str:
    """Why it failed; nothing where it did not."""
    client = Client(Site.of(server))
    try:
        location, video_id = client.create(path.stat().st_size)
        client.send(location, path)
    except Exception as error:  # noqa: BLE001 (each is counted)
        return repr(error)
    finally:
        client.close()
    return "" if sha256(source_of(server, video_id)) == wanted else "other bytes"


def _look(server: RunningServer, over: Event) -> list[float]:
    """Open the library again and again, as a person does."""
    times = []
    request = Request(server.base_url, headers={"Authorization": f"Bearer {server.token}"})
    while not over.wait(PAUSE_SECONDS):
        began = time.monotonic()
        with urlopen(request, timeout=30) as answer:
            answer.read()
        times.append(time.monotonic() - began)
    return times

"""Twenty uploads at once, and how quick pages stay meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench.uploads.client import MIB, Client, Site, source_of
from bench.uploads.proof import sha256
from tests.servers.app import ROOT, RunningServer


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
    """Upload the same file so many times at once, look meanwhile, and compare afterwards."""
    with ThreadPoolExecutor(count) as pool, _looker(server) as looker:
        began = time.monotonic()
        sending = [pool.submit(_send, server, path) for _ in range(count)]
        sent = [each.result() for each in sending]
        seconds = time.monotonic() - began
        pages = json.loads(looker.communicate()[0])
    wanted = sha256(path)
    found = (each.error or _compared(server, each.video_id, wanted) for each in sent)
    errors = [error for error in found if error]
    return Crowd(errors, pages, count * path.stat().st_size / MIB / seconds)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one upload; `error` is empty where all was acknowledged."""

    video_id: str
    error: str = ""


def _send(server: RunningServer, path: Path) -> Sent:
    client, video_id = Client(Site.of(server)), ""
    try:
        location, video_id = client.create(path.stat().st_size)
        client.send(location, path)
    except Exception as error:  # noqa: BLE001 (each is counted)
        return Sent(video_id, repr(error))
    finally:
        client.close()
    return Sent(video_id)


def _compared(server: RunningServer, video_id: str, wanted: str) -> str:
    """Apart from the looking: a person who uploads does not read the server's disk."""
    return "" if sha256(source_of(server, video_id)) == wanted else "other bytes"


def _looker(server: RunningServer) -> subprocess.Popen[str]:
    """Apart from the senders, who would keep it waiting themselves."""
    argv = [sys.executable, "-m", "bench.uploads.looker", server.base_url]
    env = {**os.environ, "TOKEN": server.token}
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)

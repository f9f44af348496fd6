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
    """Upload the same file so many times at once."""
    wanted = sha256(path)
    with ThreadPoolExecutor(count) as pool, _looker(server) as looker:
        began = time.monotonic()
        sent = [pool.submit(_send, server, path, wanted) for _ in range(count)]
        errors = [error for each in sent if (error := each.result())]
        seconds = time.monotonic() - began
        pages = json.loads(looker.communicate()[0])
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


def _looker(server: RunningServer) -> subprocess.Popen[str]:
    """Apart from the senders, who would keep it waiting themselves."""
    argv = [sys.executable, "-m", "bench.uploads.looker", server.base_url]
    env = {**os.environ, "TOKEN": server.token}
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)

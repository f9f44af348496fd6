"""The servers that are compared, each a process of its own on a free port of loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from scripts import js
from tests.servers.app import ROOT, clean_environment
from tests.servers.processes import ServerProcess, answers, free_port

OURS = ("daphne", "uvicorn")
BROADCAST = ROOT / "tests" / "js" / "broadcast-server.js"
PREPARE = """
from pathlib import Path
from django.conf import settings
from django.db import transaction
from tests import factories
from videos.models import Video
from vrewcraft.accounts.models import Token, User
owner = User.objects.local_owner()
made = [Video(owner=owner, name=f"{n}.mp4", source_key="x", bytes=1) for n in range(COUNT)]
Video.objects.bulk_create(made)
with transaction.atomic():
    for video in made:
        video.become_ready(factories.probe())
folder = Path(settings.VREWCRAFT_DATA_DIR)
(folder / "token").write_text(Token.objects.issue(owner, "bench"))
(folder / "bench-ids").write_text("\\n".join(str(each.pk) for each in (owner, *made)))
"""
# What the documents recommend for uvicorn.
UVICORN = "--lifespan off --ws websockets-sansio --ws-max-size 16384 --ws-per-message-deflate false"


class Site:
    """The data folder of a bench: videos of one owner, and a token."""

    def __init__(
        self, folder: Path, env: Mapping[str, str] | None = None, *, videos: int = 1000
    ) -> None:
        self.folder = folder
        self.env = {
            **clean_environment(),
            "VREWCRAFT_DATA_DIR": str(folder),
            "VREWCRAFT_RUN_WORKER": "no",
            "VREWCRAFT_SOCKETS_PER_USER": "0",
            "VREWCRAFT_SOCKETS_PER_ADDRESS": "0",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            **(env or {}),
        }
        folder.mkdir(parents=True)
        self.run_python("manage.py", "migrate", "--no-input", "-v", "0")
        prepare = PREPARE.replace("COUNT", str(videos))
        self.run_python("manage.py", "shell", "-v", "0", "-c", prepare)
        self.token = (folder / "token").read_text("ascii")
        self.video_ids = (folder / "bench-ids").read_text("ascii").split()[1:]

    def run_python(self, *words: str) -> None:
        """Run Python on this data."""
        subprocess.run([sys.executable, *words], cwd=ROOT, env=self.env, check=True)


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A running server: `daphne` (the built-in one), `uvicorn`, or `ws` on Node."""

    kind: str
    site: Site
    port: int
    pid: int

    @property
    def page(self) -> str:
        """The address of the library's page."""
        return f"http://127.0.0.1:{self.port}/"

    def publish(self, rate: float, seconds: float, *, how: str = "hub", **more: int) -> int:
        """Have it publish; gives how many events that will be."""
        first = time.monotonic_ns() // 1000  # above every number before
        query = {"rate": rate, "seconds": seconds, "how": how, "videos": 1, "first": first, **more}
        url = f"{self.page}bench/publish?{urlencode(query)}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(json.load(answer)["events"])


@contextmanager
def serving(kind: str, site: Site) -> Iterator[LiveServer]:
    """Start a server, and stop it at the end."""
    port = free_port()
    log = site.folder.with_name(f"{kind}-{port}.log")
    env = {**site.env, "PORT": str(port)}
    process = ServerProcess(_argv(kind, port), log=log, env=env, cwd=ROOT)
    try:
        process.wait_until(lambda: answers(port))
        yield LiveServer(kind, site, port, process.pid)
    finally:
        process.stop()


def _argv(kind: str, port: int) -> list[str]:
    if kind == "ws":
        return [str(js.node()), str(BROADCAST), str(port)]
    if kind == "uvicorn":
        words = f"-m uvicorn bench.live.application:application --port {port} {UVICORN}"
        return [sys.executable, *words.split(), "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "bench.live.application"]

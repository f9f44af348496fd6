"""The servers that are compared, each a process of its own on a free port of loopback."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from scripts import js
from tests.servers.app import ROOT, RunningServer, clean_environment
from tests.servers.processes import ServerProcess, answers

OURS = ("daphne", "uvicorn")
ENV = {
    "VREWCRAFT_RUN_WORKER": "no",
    "VREWCRAFT_SOCKETS_PER_USER": "0",
    "VREWCRAFT_SOCKETS_PER_ADDRESS": "0",
    "LOG_LEVEL": "WARNING",
}
PREPARE = """
from pathlib import Path
from django.conf import settings
from django.db import transaction
from tests import factories
from vrewcraft.accounts.models import Token, User
owner = User.objects.local_owner()
with transaction.atomic():
    made = [factories.ready(owner, f"{n}.mp4") for n in range(COUNT)]
folder = Path(settings.VREWCRAFT_DATA_DIR)
(folder / "token").write_text(Token.objects.issue(owner, "bench"))
(folder / "bench-ids").write_text("\\n".join(str(each.pk) for each in (owner, *made)))
"""
BROADCAST = ROOT / "tests" / "js" / "broadcast-server.js"
# What the documents recommend for uvicorn.
UVICORN = "--lifespan off --ws websockets-sansio --ws-max-size 16384 --ws-per-message-deflate false"


class Site:
    """The data folder of a bench: videos of one owner, and a token."""

    def __init__(
        self, folder: Path, env: Mapping[str, str] | None = None, *, videos: int = 1000
    ) -> None:
        self.folder = folder / "data"
        self.env = {**ENV, "VREWCRAFT_DATA_DIR": str(self.folder), **(env or {})}
        self.folder.mkdir(parents=True)
        self.run_python("manage.py", "migrate", "--no-input", "-v", "0")
        prepare = PREPARE.replace("COUNT", str(videos))
        self.run_python("manage.py", "shell", "-v", "0", "-c", prepare)
        self.token = (self.folder / "token").read_text("ascii")
        self.video_ids = (self.folder / "bench-ids").read_text("ascii").split()[1:]

    def run_python(self, *words: str) -> None:
        """Run Python on this data."""
        env = {**clean_environment(), **self.env}
        subprocess.run([sys.executable, *words], cwd=ROOT, env=env, check=True)


class LiveServer(RunningServer):
    """`daphne` (the built-in one), `uvicorn`, or `ws` on Node; started as a context."""

    def __init__(self, name: str, site: Site) -> None:
        super().__init__(site.folder, env=site.env)
        self.name = name
        self.site = site

    def start(self) -> None:
        """Start, and return once it accepts connections."""
        self._web = ServerProcess(self._argv(), log=self.log, env=self.env, cwd=ROOT)
        self._web.wait_until(lambda: answers(self.port))

    def publish(
        self, rate: float, seconds: float, *, how: str = "hub", videos: int = 1, **more: int
    ) -> None:
        """Have it begin to publish so many events a second, to each of the videos in turn."""
        first = time.monotonic_ns() // 1000  # above every number before
        words = {"rate": rate, "seconds": seconds, "how": how, "videos": videos, "first": first}
        url = f"{self.base_url}/bench/publish?{urlencode({**words, **more})}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            answer.read()

    def _argv(self) -> list[str]:
        if self.name == "ws":
            return [str(js.node()), str(BROADCAST), str(self.port)]
        if self.name == "uvicorn":
            words = f"-m uvicorn bench.live.application:application --port {self.port} {UVICORN}"
            return [sys.executable, *words.split(), "--no-access-log", "--log-level", "warning"]
        return [sys.executable, "-m", "bench.live.application"]

"""The servers that are compared, each a process of its own on a free port of loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from scripts import js
from tests.servers.app import ROOT, clean_environment
from tests.servers.processes import ServerProcess, answers, free_port

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
keys = [owner.pk, *(video.pk for video in made)]
(folder / "bench-videos").write_text("\\n".join(map(str, keys)))
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
        self.manage("migrate", "--no-input", "-v", "0")
        self.manage("shell", "-v", "0", "-c", PREPARE.replace("COUNT", str(videos)))

    @property
    def token(self) -> str:
        """The owner's API token."""
        return (self.folder / "token").read_text("ascii")

    @property
    def videos(self) -> Path:
        """Where the ids stand: the owner's, then those of the videos."""
        return self.folder / "bench-videos"

    def video_ids(self) -> list[str]:
        """The ids of the videos."""
        return self.videos.read_text("ascii").split()[1:]

    def manage(self, *words: str) -> None:
        """Run a management command on this data."""
        argv = [sys.executable, "manage.py", *words]
        subprocess.run(argv, cwd=ROOT, env=self.env, check=True)


class LiveServer:
    """One server: `daphne` (ours), `uvicorn`, or `ws`; started as a context."""

    def __init__(self, kind: str, site: Site) -> None:
        self.kind = kind
        self.site = site
        self.port = free_port()
        self.process: ServerProcess | None = None

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process is not None
        return self.process.pid

    def __enter__(self) -> Self:
        """Start, and return once it listens."""
        log = self.site.folder.with_name(f"{self.kind}-{self.port}.log")
        env = {**self.site.env, "PORT": str(self.port)}
        self.process = ServerProcess(self._argv(), log=log, env=env, cwd=ROOT)
        self.process.wait_until(lambda: answers(self.port))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop it."""
        assert self.process is not None
        self.process.stop()

    def publish(
        self,
        rate: float,
        seconds: float,
        *,
        how: str = "hub",
        videos: int = 1,
        first: int = 0,
        **more: int,
    ) -> int:
        """Have it publish; gives how many events that will be."""
        wanted = {"rate": rate, "seconds": seconds, "how": how, "videos": videos, "first": first}
        query = urlencode({**wanted, **more})
        with urllib.request.urlopen(
            f"http://{self.address}/bench/publish?{query}", timeout=30
        ) as answer:
            return int(json.load(answer)["events"])

    def _argv(self) -> list[str]:
        if self.kind == "ws":
            return [str(js.node()), str(BROADCAST), str(self.port)]
        if self.kind == "uvicorn":
            words = f"-m uvicorn bench.live_site:application --port {self.port} {UVICORN}"
            return [sys.executable, *words.split(), "--no-access-log", "--log-level", "warning"]
        return [sys.executable, "-m", "bench.live_daphne"]


class Receiver:
    """The client, in its own process."""

    def __init__(
        self, server: LiveServer, sockets: int, *, videos: int = 1, path: str = "/ws/"
    ) -> None:
        argv = [sys.executable, "-m", "bench.live_client", server.address, path]
        argv += [str(server.site.videos), str(videos), str(sockets)]
        env = {**os.environ, "TOKEN": server.site.token}
        self.sockets = sockets
        self.process = subprocess.Popen(
            argv, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.subscribed = self.answer()["subscribed"]

    def __enter__(self) -> Self:
        """Every socket is subscribed."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Hang up."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)

    def await_events(self, count: int) -> None:
        """Start to collect so many; `answer` gives what came."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Its next line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the client ended before its time")
        found: dict[str, Any] = json.loads(line)
        return found

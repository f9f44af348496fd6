"""One arrangement at work: its processes and services, each of which can be hit at any moment."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos import points, processes
from tests.chaos.arrangements import SHORT_AND_PATIENT, Arrangement
from tests.chaos.books import Books
from tests.servers.app import ROOT, RunningServer
from tests.servers.live import wait_for
from tests.servers.processes import DidNotStop, ServerProcess
from tests.servers.services import ScratchDatabase, ValkeyServer

SETTINGS_MODULE = "tests.chaos.settings"
SERVING, WORKING = "VrewCraft is at", " started"
START_SECONDS, STOP_SECONDS = 120, 30


class Part:
    """A process of the arrangement that is started again after each death."""

    def __init__(
        self, name: str, argv: list[str], log: Path, env: Mapping[str, str], says: str
    ) -> None:
        """Nothing is started yet; it `says` that when it is of use."""
        self.name, self._says = name, says.encode()
        self._argv, self._log, self._env = argv, log, env
        self._process: ServerProcess | None = None
        self._log_starts = 0
        self.armed = False

    def start(self, **env: str) -> None:
        """Start it; returns before it is of use. A process ends with the thread that started it."""
        self._log_starts = self._log.stat().st_size if self._log.exists() else 0
        self._process = ServerProcess(self._argv, log=self._log, env={**self._env, **env}, cwd=ROOT)
        self.armed = points.POINT in env

    @property
    def pid(self) -> int:
        """Its process id; 0 where it has none."""
        return self._process.pid if self._process else 0

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.running

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exit_code if self._process else None

    @property
    def is_ready(self) -> bool:
        """Whether it has said so since its start."""
        if not self.running or not self._log.exists():
            return False
        with self._log.open("rb") as log:
            log.seek(self._log_starts)
            return self._says in log.read()

    def kill9(self) -> None:
        """End it as a crash would."""
        if self._process:
            self._process.kill9()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, where it runs."""
        if self.running:
            os.kill(self.pid, number)

    def stop(self) -> None:
        """End it in good order. Raises DidNotStop."""
        if self._process:
            self.signal(signal.SIGCONT)
            self._process.stop(STOP_SECONDS)


class Deployment:
    """Started as a context, in a folder of its own; everything is started from one thread."""

    def __init__(self, arrangement: Arrangement, folder: Path, postgres_url: str) -> None:
        """Nothing is started yet; `postgres_url` is of a user that may create databases."""
        self.arrangement = arrangement
        self._postgres_url = postgres_url
        self.data_dir = folder / f"data-{arrangement.letter}"
        self.points = folder / f"points-{arrangement.letter}"
        self.server = RunningServer(self.data_dir, env={**SHORT_AND_PATIENT, **arrangement.env})
        self.valkey: ValkeyServer | None = None
        self.database = f"sqlite:///{self.data_dir}/db.sqlite3"

    def __enter__(self) -> Self:
        """Start everything, and return once it is of use."""
        self.data_dir.mkdir(parents=True)
        with ExitStack() as opening:
            env = self._start_services(opening)
            self.books = opening.enter_context(Books(self.database))
            serve = [sys.executable, "manage.py", "serve"]
            self.web = Part("web", serve, self._log("web"), env, SERVING)
            self.workers = [
                Part(f"worker{n}", [sys.executable, *argv], self._log(f"worker{n}"), env, WORKING)
                for n, argv in enumerate(self.arrangement.workers)
            ]
            opening.callback(self.stop)
            self._start_processes()
            self._open = opening.pop_all()
        return self

    def _start_services(self, opening: ExitStack) -> dict[str, str]:
        """The environment that tells of them."""
        env = self.server.env
        env["DJANGO_SETTINGS_MODULE"] = SETTINGS_MODULE
        if self.arrangement.postgres:
            self.database = opening.enter_context(ScratchDatabase(self._postgres_url))
            env["DATABASE_URL"] = self.database
        if self.arrangement.valkey:
            self.valkey = opening.enter_context(ValkeyServer())
            env["REDIS_URL"] = self.valkey.url
        return env

    def _start_processes(self) -> None:
        """The web server first, since it makes the tables; all record the points they pass."""
        record = {points.RECORD: str(self.points)}
        self.web.start(**record)
        wait_for(lambda: self.web.is_ready, START_SECONDS, "the web server")
        for worker in self.workers:
            worker.start(**record)
        wait_for(lambda: all(each.is_ready for each in self.workers), START_SECONDS, "the workers")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop what still runs."""
        self._open.close()

    @property
    def parts(self) -> list[Part]:
        """The web server, then the workers."""
        return [self.web, *self.workers]

    @property
    def runners(self) -> list[Part]:
        """The processes that run tasks."""
        return self.workers or [self.web]

    def steps(self, part: Part) -> list[processes.Process]:
        """What a worker has started for its tasks: ffmpeg, our child modules and their launcher."""
        return [each for each in processes.descendants(part.pid) if self._is_step(each)]

    def pool(self, part: Part) -> list[processes.Process]:
        """The processes that a worker has started to run tasks in; Celery does."""
        return [each for each in processes.descendants(part.pid) if not self._is_step(each)]

    def _is_step(self, process: processes.Process) -> bool:
        return process.folder.startswith(f"{self.data_dir / 'work'}/")

    def at_work(self) -> list[processes.Process]:
        """All processes that work on tasks, whoever started them."""
        return processes.at_work(self.data_dir / "work")

    def stop(self) -> None:
        """Stop everything in good order; what does not is killed, and told at the end."""
        stubborn = []
        for part in reversed(self.parts):
            try:
                part.stop()
            except DidNotStop as error:
                stubborn.append(str(error))
        if stubborn:
            raise DidNotStop("\n".join(stubborn))

    def await_emptiness(self, seconds: float) -> int:
        """Wait until nothing works on tasks any more; how many still do after that time."""
        deadline = time.monotonic() + seconds
        while self.at_work() and time.monotonic() < deadline:
            time.sleep(0.05)
        return len(self.at_work())

    def reap(self, **env: str) -> None:
        """`manage.py reap`, with these settings."""
        server = RunningServer(self.data_dir)
        server.env = {**self.server.env, **env}
        server.manage("reap").check_returncode()

    def _log(self, name: str) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}-{name}.log")

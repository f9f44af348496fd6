"""The three ways in which web and workers are put together, each from real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.servers.app import ROOT, RunningServer
from tests.servers.processes import ServerProcess
from tests.servers.services import PostgresServer, ValkeyServer
from videos.media.ffmpeg.command import ffmpeg_path

Name = Literal["threads", "processes", "celery"]
NAMES: tuple[Name, ...] = ("threads", "processes", "celery")
# Short, so that lost workers are found out soon.
LEASES = {
    "VREWCRAFT_LEASE_SECONDS": "2",
    "VREWCRAFT_HEARTBEAT_SECONDS": "0.5",
    "VREWCRAFT_REAP_SECONDS": "0.5",
}
AGAIN_SECONDS = 0.05
# An ffmpeg that waits, without computing, while a file is there.
HELD_FFMPEG = """#!/bin/sh
[ "$1" = -nostdin ] && while [ -e '{hold}' ]; do sleep 0.05; done
exec '{ffmpeg}' "$@"
"""


class Arrangement:
    """Web and workers on one data folder; started as a context.

    `threads`: one process on SQLite. `processes`: `manage.py work` on PostgreSQL. `celery`:
    Celery's workers on Valkey and PostgreSQL, one for encodes and one for what is quick.
    """

    def __init__(
        self,
        name: Name,
        folder: Path,
        *,
        env: Mapping[str, str] | None = None,
        leases: Mapping[str, str] = LEASES,
    ) -> None:
        """Nothing is started yet; `env` adds to the environment of all processes.

        With no `leases` they are the product's own.
        """
        self.name = name
        self._folder = folder
        self._hold = folder / "hold"
        self._env = {**leases, "VREWCRAFT_FFMPEG": str(self._held_ffmpeg()), **(env or {})}
        self._stack = ExitStack()
        self.server = RunningServer(folder / "data", env=self._env)
        self.workers: list[ServerProcess] = []

    def __enter__(self) -> Self:
        """Start everything."""
        env = self.server.env
        if self.name != "threads":
            env["DATABASE_URL"] = self._stack.enter_context(PostgresServer()).url
            env["VREWCRAFT_RUN_WORKER"] = "no"
        if self.name == "celery":
            env["REDIS_URL"] = self._stack.enter_context(ValkeyServer()).url
            env["VREWCRAFT_ENGINE"] = "celery"
        self._stack.enter_context(self.server)
        self.start_workers()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop everything."""
        self.release()
        for worker in self.workers:
            worker.kill9()
        self._stack.close()

    def hold(self) -> None:
        """From now on no ffmpeg of an edit gets to work until `release`."""
        self._hold.touch()

    def release(self) -> None:
        """Let them all work."""
        self._hold.unlink(missing_ok=True)

    def start_workers(self) -> None:
        """Start them, and the server where they are its threads."""
        if self.name == "threads":
            if self.server.stopped:
                self.server.start()
        elif self.name == "processes":
            self.workers = [self.another_worker()]
        else:
            self.workers = [self._celery("cpu", 1), self._celery("copy,probe", 2)]

    def another_worker(self) -> ServerProcess:
        """One more worker, which does everything; the caller stops it."""
        if self.name == "celery":
            return self._celery("cpu,copy,probe", 3)
        return self._started([sys.executable, "manage.py", "work"], "Stop with Ctrl-C")

    def stop_workers(self) -> None:
        """In good order, as a service manager does."""
        if self.name == "threads":
            self.server.stop()
        for worker in self.workers:
            worker.stop()
        self.workers = []

    def kill_workers(self) -> None:
        """`kill -9` of every process of theirs."""
        if self.name == "threads":
            self.server.kill9()
        for worker in self.workers:
            for pid in (worker.pid, *children(worker.pid)):
                os.kill(pid, signal.SIGKILL)
            worker.kill9()
        self.workers = []

    def worker_pids(self) -> list[int]:
        """The processes whose threads hold leases."""
        if self.name == "threads":
            return [self.server.pid]
        return [pid for worker in self.workers for pid in (worker.pid, *children(worker.pid))]

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Their processes do not run meanwhile, as on a machine that sleeps.

        None is stopped in the middle of a write: on SQLite nobody else could write until it wakes.
        """
        pids = self.worker_pids()
        try:
            _signal(pids, signal.SIGSTOP)
            while self.name == "threads" and _is_locked(self.server.data_dir / "db.sqlite3"):
                _signal(pids, signal.SIGCONT)
                time.sleep(AGAIN_SECONDS)
                _signal(pids, signal.SIGSTOP)
            yield
        finally:
            _signal(pids, signal.SIGCONT)

    def is_at_work(self) -> bool:
        """Whether workers were started and not stopped."""
        return bool(self.workers) or (self.name == "threads" and not self.server.stopped)

    def ffmpegs(self) -> dict[int, str]:
        """The processes at work in work folders, with their states (`T` is stopped): proc(5)."""
        work = self.server.data_dir / "work"
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink().is_relative_to(work):
                    found[int(process.name)] = _stat(process)[0]
            except OSError:
                continue
        return found

    def tail(self) -> str:
        """The last lines that workers and server wrote."""
        return "\n".join([self.server.tail(), *(worker.tail() for worker in self.workers)])

    def _celery(self, queues: str, processes: int) -> ServerProcess:
        words = [sys.executable, "-m", "celery", "-A", "vrewcraft.contrib.celery.app", "worker"]
        words += ["-Q", queues, "-c", str(processes), "-n", f"{queues}{len(self.workers)}@%h"]
        return self._started(
            [*words, "--without-mingle", "--without-gossip"], "Celery worker started"
        )

    def _started(self, argv: list[str], ready: str) -> ServerProcess:
        log = self._folder / f"worker{len(list(self._folder.glob('worker*')))}.log"
        worker = ServerProcess(argv, log=log, env=self.server.env, cwd=ROOT)
        worker.wait_until(lambda: ready in worker.tail())
        return worker

    def _held_ffmpeg(self) -> Path:
        path = self._folder / "ffmpeg"
        path.write_text(HELD_FFMPEG.format(hold=self._hold, ffmpeg=ffmpeg_path()))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _is_locked(database: Path) -> bool:
    """Whether a transaction of somebody's keeps everybody else from writing."""
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return True
    return False


def children(pid: int) -> Iterator[int]:
    """The processes that one has started itself and that are in its session."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = _stat(process)
        except OSError:
            continue
        if int(words[1]) == pid and int(words[3]) == os.getsid(pid):
            yield int(process.name)


def _stat(process: Path) -> list[str]:
    """State, parent, group, session and so on: what follows the name in proc(5)'s stat."""
    return (process / "stat").read_text().rpartition(")")[2].split()

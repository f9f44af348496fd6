"""Every fault point by itself: a worker dies there, or is stopped there and lives on too late.

Each case is an edit or an arrival in a forked process, then a second process that takes over, then
the count. First one run is recorded; what it passes are the points.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test.utils import override_settings
from django.utils import timezone

from tests import factories, media
from tests.chaos import points
from tests.chaos.arrangements import AT_ONCE, LEASE_SECONDS
from tests.chaos.figures import Figure, Findings, none_of
from tests.work import drain
from videos.models import Attempt, Output, Task, Video
from videos.operations import registry as operations
from videos.services.tasks import requests
from videos.services.uploads import ingest
from videos.storage.registry import store
from vrewcraft.accounts.models import User

TAKE_OVER_SECONDS = 20.0
LOCK_SECONDS = 0.3
LONG_AGO = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Case:
    """Where it happens, and whether the process dies there or is stopped."""

    scenario: str
    point: str
    number: int
    stops: bool

    def __str__(self) -> str:
        verb = "stopped" if self.stops else "killed"
        return f"{self.scenario}, {verb} {self.point} #{self.number}"

    @property
    def asked(self) -> str:
        """As CHAOS_POINT has it."""
        return f"{points.STOP if self.stops else ''}{self.point}#{self.number}"


class Sweep:
    """All cases on one database and one folder."""

    def __init__(self) -> None:
        self.owner = User.objects.local_owner()
        self.clip = self._fresh_clip()
        self.record = Path(settings.VREWCRAFT_DATA_DIR) / "points"
        self.scenarios: dict[str, Callable[[], None]] = {"edit": self._edit, "arrival": _arrive}
        self.reached = self.held = 0

    def cases(self) -> Iterator[Case]:
        """Each point at its first and its last passage."""
        for scenario in self.scenarios:
            self.record.unlink(missing_ok=True)
            watch = points.Watch("", str(self.record))
            _forked(partial(self._work, scenario, watch))
            counts = Counter(self.record.read_text().splitlines())
            for point, last in sorted(counts.items()):
                for number in sorted({1, last}):
                    for stops in (False, True):
                        yield Case(scenario, point, number, stops)

    def run(self, case: Case) -> list[str]:
        """What is wrong after it."""
        self.clip = self._fresh_clip()
        pid = _fork(lambda: self._work(case.scenario, points.Watch(case.asked, "")))
        _, status = os.waitpid(pid, os.WUNTRACED)
        wrong = []
        if os.WIFSTOPPED(status):
            self.reached += 1
            if _lease_runs_out():
                wrong += _take_over()
            else:
                self.held += 1
            os.kill(pid, signal.SIGCONT)
            _, status = os.waitpid(pid, 0)
            wrong += [] if os.WIFEXITED(status) else [f"the late one ended with {status}"]
        elif os.WIFSIGNALED(status):
            self.reached += 1
        return [f"{case}: {sentence}" for sentence in [*wrong, *_take_over(), *_at_odds()]]

    def _work(self, scenario: str, watch: points.Watch) -> None:
        """In the forked process."""
        points.wrap(watch)
        self.scenarios[scenario]()

    def _fresh_clip(self) -> Video:
        """A video of which nothing has been made: what has been is not made again."""
        path = media.numbered()
        return factories.stored(self.owner, path, media.probed(path))

    def _edit(self) -> None:
        requests.request_edit(self.clip, operations.get("thumbnails"), {"count": 2})
        drain()


def run(most: int, seed: int, seconds: int) -> Findings:
    """So many of the cases, drawn by the seed, or as many as there is time for."""
    until = time.monotonic() + seconds
    sweep = Sweep()
    every = list(sweep.cases())
    drawn = random.Random(seed).sample(every, min(most, len(every)))
    wrong, done = [], 0
    for case in drawn:
        if time.monotonic() < until:
            wrong += sweep.run(case)
            done += 1
    figures = [
        Figure("fault points found", len({(case.scenario, case.point) for case in every})),
        Figure("deaths and stops at one", done, at_least=len(drawn)),
        Figure("of them reached", sweep.reached, at_least=0.9 * done),
        Figure("of them with the database locked, not taken over", sweep.held),
        none_of("lost, doubled or left over", wrong),
    ]
    title = f"Death at every point on {connection.vendor}"
    return Findings(
        title, figures, wrong, f"python -m tests.chaos sweep --seed {seed} --rounds {most}"
    )


def _arrive() -> None:
    """An upload, its reading, and all that is made of every video."""
    path = Path(settings.VREWCRAFT_DATA_DIR) / "incoming" / f"{os.getpid()}.part"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(media.silent().read_bytes())
    ingest.ingest_upload(User.objects.local_owner(), path, "clip.mp4")
    drain()


def _lease_runs_out() -> bool:
    """Time passes for the stopped one. False: it holds the rows, which nobody can take from it.

    PostgreSQL ends its session once that has stood still for a lease; SQLite has no such thing.
    """
    on_postgres = connection.vendor == "postgresql"
    patience = LOCK_SECONDS + (LEASE_SECONDS if on_postgres else 0)
    try:
        with connection.cursor() as cursor:
            milliseconds = round(patience * 1000)
            words = "SET lock_timeout" if on_postgres else "PRAGMA busy_timeout"
            cursor.execute(f"{words} = {milliseconds}")
        Task.objects.filter(status="processing").update(lease_until=timezone.now() - LONG_AGO)
    except OperationalError:
        return False
    finally:
        connections.close_all()
    return True


def _take_over() -> list[str]:
    """Another worker does what is left to do."""
    status = _forked(_reap_and_drain)
    return [f"the next worker ended with {status}"] if status else []


def _reap_and_drain() -> None:
    deadline = time.monotonic() + TAKE_OVER_SECONDS
    while True:
        call_command("reap", stdout=StringIO())
        drain()
        if not Task.objects.filter(status__in=["pending", "processing"]).exists():
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"still open: {list(Task.objects.values('status', 'step'))}")
        time.sleep(0.05)


def _at_odds() -> list[str]:
    """What does not fit once all is at rest: statuses, attempts, videos, Outputs and files."""
    with override_settings(**{name: float(value) for name, value in AT_ONCE.items()}):
        call_command("reap", stdout=StringIO())
    open_or_failed = Task.objects.exclude(status="complete")
    wrong = [f"{task.operation} is {task.status} {task.error_code}" for task in open_or_failed]
    wrong += [f"{video} is {video.state}" for video in Video.objects.exclude(state="ready")]
    running = Attempt.objects.filter(outcome="running").count()
    wrong += [f"{running} attempts without an end"] if running else []
    for task in Task.objects.filter(operation="thumbnails"):
        if task.outputs.count() != 3:
            wrong.append(f"{task.outputs.count()} Outputs of one edit")
    keys = {*Output.objects.values_list("key", flat=True)}
    keys |= {*Video.objects.values_list("source_key", flat=True)}
    root = store().local_path("")
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    wrong += [f"no row names {key}" for key in sorted(there - keys)]
    wrong += [f"{key} is missing" for key in sorted(keys - there)]
    work = Path(settings.VREWCRAFT_DATA_DIR) / "work"
    wrong += [f"left in work: {path.name}" for path in (work.iterdir() if work.exists() else ())]
    if wrong:
        _clean(there - keys)
    connections.close_all()
    return wrong


def _clean(strays: set[str]) -> None:
    """So that one fault is told once."""
    for key in strays:
        store().local_path(key).unlink()
    Task.objects.exclude(status="complete").delete()
    Video.objects.exclude(state="ready").delete()


def _fork(work: Callable[[], None]) -> int:
    """A process that does `work` and ends; its id."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except Exception:  # noqa: BLE001 (told, and the code says so)
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def _forked(work: Callable[[], None]) -> int:
    """Wait for its end; its exit code."""
    _, status = os.waitpid(_fork(work), 0)
    return os.waitstatus_to_exitcode(status)

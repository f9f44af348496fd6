"""What makes Celery's worker one of ours: heartbeats, orderly stops, and the sweep for lost hints.

Each of its processes runs tasks and keeps their leases alive by itself, also of those that stand
still while it is free for another one. The first process, which runs none, does maintenance and
sends again what got lost.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from typing import Any

from celery import signals
from celery.worker import state as celery_state
from django.db import connection

from videos.core.enums import WorkClass
from videos.models import Task
from videos.worker import maintenance
from videos.worker.claims import TaskExecutor
from videos.worker.slot_release import SlotReleaser
from vrewcraft.contrib.celery.app import app, hints

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
JOIN_SECONDS = 5.0

# Made before the processes, so that they share it.
_stopping = multiprocessing.get_context("fork").Event()


class _Process:
    """What runs this process's tasks. Celery's threads share one, its processes have one each."""

    def __init__(self) -> None:
        self.executor = _new_executor()
        self.releaser = SlotReleaser(self.executor)
        self.executor.start()

    def end(self) -> None:
        """Give everything back, and sign off."""
        self.executor.stopping.set()
        deadline = time.monotonic() + JOIN_SECONDS
        self.releaser.join(JOIN_SECONDS)
        self.executor.join(max(0.0, deadline - time.monotonic()))


class _Processes:
    """This process's own: a fork inherits none, as threads do not live on in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own: _Process | None = None
        self._pid = 0

    def own(self) -> _Process:
        """Made at the first call."""
        with self._lock:
            if self._own is None or self._pid != os.getpid():
                self._own, self._pid = _Process(), os.getpid()
            return self._own

    def end(self) -> None:
        """End what this process has."""
        if self._own is not None and self._pid == os.getpid():
            self._own.end()


_processes = _Processes()


def _new_executor() -> TaskExecutor:
    parent = os.getppid()

    def is_stopping() -> bool:
        """Also where the first process was killed: Celery would let this one run on."""
        return _stopping.is_set() or os.getppid() != parent

    return TaskExecutor(dict.fromkeys(_classes(), 1), engine="celery", is_stopping=is_stopping)


def _classes() -> list[WorkClass]:
    """What this worker consumes: all, or what `-Q` names."""
    return [each for each in WorkClass if each.value in app.amqp.queues.consume_from]


def run_one(work_class: WorkClass) -> bool:
    """Claim the best waiting task of a class and run it; False where there is none.

    A paused task does not keep Celery's process: then this returns before its end.
    """
    try:
        return _processes.own().releaser.run_one(work_class)
    finally:
        connection.close()


def sweep(processes: int) -> int:
    """Send hints for what waits while processes are idle; gives how many."""
    # What Celery calls reserved is what it has taken, running requests among it.
    idle = processes - len(celery_state.reserved_requests)
    requested = 0
    for work_class in _classes():
        waiting = Task.objects.waiting(work_class)[: max(0, idle - requested)]
        for _task in waiting.values_list("pk"):
            hints.send(work_class)
            requested += 1
    return requested


@signals.worker_process_init.connect
def on_process(**_: Any) -> None:
    """A process starts: it registers as a worker."""
    _processes.own()


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def on_process_end(**_: Any) -> None:
    """A process ends in order, which may be the only one (`-P threads`, `-P solo`)."""
    _processes.end()


@signals.worker_ready.connect
def on_ready(sender: Any, **_: Any) -> None:
    """The first process is ready: it runs maintenance from now on."""
    stopping = threading.Event()
    signals.worker_shutdown.connect(lambda **_: stopping.set(), weak=False)
    maintenance.reap()
    processes = int(sender.pool.limit)
    hints = maintenance.Job("sweeper of hints", SWEEP_SECONDS, lambda: sweep(processes))
    for thread in maintenance.threads(stopping, hints):
        thread.start()
    print(f"Celery worker started with {processes} processes.", flush=True)  # noqa: T201 (as `work` does)


@signals.worker_shutting_down.connect
def on_shutdown(**_: Any) -> None:
    """Running tasks go back to pending now; Celery would wait until they have ended."""
    _stopping.set()

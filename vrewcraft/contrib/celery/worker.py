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
from typing import Any

from celery import signals
from celery.worker import state as celery_state

from videos.core.enums import WorkClass
from videos.models import Task
from videos.worker import maintenance
from videos.worker.claims import TaskExecutor
from vrewcraft.contrib.celery.app import app, hints
from vrewcraft.contrib.celery.slot_release import SlotReleaser

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
JOIN_SECONDS = 5.0

# Made before the processes, so that they share it.
_stopping = multiprocessing.get_context("fork").Event()


class _Process:
    """What runs this process's tasks. Celery's threads share one, its processes have one each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slot_releaser: SlotReleaser | None = None
        self._pid = 0

    def slot_releaser(self) -> SlotReleaser:
        """Made at the first call; a fork does not inherit it, as threads do not live on in it."""
        with self._lock:
            if self._slot_releaser is None or self._pid != os.getpid():
                self._slot_releaser, self._pid = SlotReleaser(_new_executor()), os.getpid()
                self._slot_releaser.start()
            return self._slot_releaser

    def end(self) -> None:
        """Give everything back, and sign off."""
        if self._slot_releaser is not None and self._pid == os.getpid():
            self._slot_releaser.stop(JOIN_SECONDS)


_process = _Process()


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
    return _process.slot_releaser().run_one(work_class)


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
    _process.slot_releaser()


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def on_process_end(**_: Any) -> None:
    """A process ends in order, which may be the only one (`-P threads`, `-P solo`)."""
    _process.end()


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

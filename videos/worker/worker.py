"""The worker: threads that wait for work and run it, beside those that look after everything."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping

from django.conf import settings
from django.db import close_old_connections, connection

from videos.core.connections import keep_connections
from videos.core.enums import WorkClass
from videos.models import Task
from videos.services.tasks.notify import wakeups
from videos.worker import maintenance
from videos.worker.claims import TaskExecutor
from videos.worker.pg_listener import Listener
from videos.worker.slot_release import SlotReleaser

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0


def default_slots() -> dict[WorkClass, int]:
    """How many tasks of each class run at once; a copy never waits behind an encode."""
    return {
        WorkClass.CPU: settings.VREWCRAFT_CPU_SLOTS,
        WorkClass.COPY: settings.VREWCRAFT_COPY_SLOTS,
        WorkClass.PROBE: settings.VREWCRAFT_PROBE_SLOTS,
    }


class Worker:
    """Runs tasks in threads of this process until it is stopped."""

    def __init__(self, slots: Mapping[WorkClass, int] | None = None) -> None:
        self._slots = dict(default_slots() if slots is None else slots)
        self._executor = TaskExecutor(self._slots)
        self.name = self._executor.name
        self._stopping = self._executor.stopping
        self._threads = [
            threading.Thread(target=self._serve, args=(work_class,), name=f"{work_class}-{number}")
            for work_class, count in self._slots.items()
            for number in range(count)
        ]
        self._releasers = {each: SlotReleaser(self._executor) for each in self._slots}
        self._listener = Listener(self._stopping)
        self._maintenance = maintenance.threads(self._stopping)

    def start(self) -> None:
        """Take back what a dead predecessor held, then begin."""
        maintenance.reap()
        self._executor.start()
        self._listener.start()
        for thread in (*self._threads, *self._maintenance):
            thread.start()

    def stop(self) -> None:
        """Begin to stop: running attempts end now and go back to pending. Returns at once."""
        self._stopping.set()
        for work_class in WorkClass:
            wakeups.wake(work_class)

    def join(self, timeout: float = 10.0) -> bool:
        """Wait for the end, at most that many seconds; whether it came."""
        deadline = time.monotonic() + timeout
        for thread in (*self._threads, *self._maintenance):
            thread.join(max(0.0, deadline - time.monotonic()))
        # A slot that has gone may have left a paused attempt.
        ended = [
            each.join(max(0.0, deadline - time.monotonic())) for each in self._releasers.values()
        ]
        self._executor.join(max(0.0, deadline - time.monotonic()))
        return all(ended) and not any(thread.is_alive() for thread in self._threads)

    def is_idle(self) -> bool:
        """Whether nothing runs here and nothing waits that this worker could take."""
        waiting = any(Task.objects.waiting(each).exists() for each in self._slots)
        return not waiting and self._executor.is_idle()

    def _serve(self, work_class: WorkClass) -> None:
        keep_connections()
        while not self._stopping.is_set():
            seen = wakeups.seen(work_class)
            try:
                if not self._releasers[work_class].run_one(work_class):
                    wakeups.wait(work_class, seen, POLL_SECONDS)
            except Exception:
                logger.exception("a slot failed; continuing")
                self._stopping.wait(POLL_SECONDS)
            finally:
                close_old_connections()
        connection.close()

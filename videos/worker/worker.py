"""The worker: threads that wait for work and run it, beside those that look after everything."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import close_old_connections, connection

from videos.core.connections import keep_connections
from videos.core.enums import WorkClass
from videos.models import Task
from videos.services.tasks.notify import wakeups
from videos.worker import maintenance
from videos.worker.claims import MAX_RELEASED, RELEASE_CHECK_SECONDS, TaskExecutor
from videos.worker.pg_listener import Listener

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
        self._released: dict[WorkClass, list[threading.Thread]] = {each: [] for each in self._slots}
        self._slot_releaser = threading.Thread(
            target=self._release_slot, name="lender", daemon=True
        )
        self._listener = Listener(self._stopping)
        self._maintenance = maintenance.threads(self._stopping)

    def start(self) -> None:
        """Take back what a dead predecessor held, then begin."""
        maintenance.reap()
        self._executor.start()
        self._listener.start()
        for thread in (*self._threads, self._slot_releaser, *self._maintenance):
            thread.start()

    def stop(self) -> None:
        """Begin to stop: running attempts end now and go back to pending. Returns at once."""
        self._stopping.set()
        for work_class in WorkClass:
            wakeups.wake(work_class)

    def join(self, timeout: float = 10.0) -> bool:
        """Wait for the end, at most that many seconds; whether it came."""
        deadline = time.monotonic() + timeout
        released = [thread for threads in self._released.values() for thread in threads]
        for thread in (*self._threads, *released, self._slot_releaser, *self._maintenance):
            thread.join(max(0.0, deadline - time.monotonic()))
        self._executor.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in (*self._threads, *released))

    def is_idle(self) -> bool:
        """Whether nothing runs here and nothing waits that this worker could take."""
        waiting = any(Task.objects.waiting(each).exists() for each in self._slots)
        return not waiting and not self._executor.claims()

    def _serve(
        self, work_class: WorkClass, keeps_running: Callable[[], bool] = lambda: True
    ) -> None:
        keep_connections()
        while not self._stopping.is_set() and keeps_running():
            seen = wakeups.seen(work_class)
            try:
                if not self._executor.run_one(work_class):
                    wakeups.wait(work_class, seen, POLL_SECONDS)
            except Exception:
                logger.exception("a slot failed; continuing")
                self._stopping.wait(POLL_SECONDS)
            finally:
                close_old_connections()
        connection.close()

    def _release_slot(self) -> None:
        """While a task is paused, another may use its slot."""
        while not self._stopping.wait(RELEASE_CHECK_SECONDS):
            for work_class, threads in self._released.items():
                threads[:] = [thread for thread in threads if thread.is_alive()]
                required = min(self._executor.paused_count(work_class), MAX_RELEASED)
                threads.extend(self._stand_in(work_class, n) for n in range(len(threads), required))

    def _stand_in(self, work_class: WorkClass, number: int) -> threading.Thread:
        thread = threading.Thread(
            target=self._serve,
            args=(work_class, lambda: self._executor.paused_count(work_class) > number),
            name=f"{work_class}-released-{number}",
        )
        thread.start()
        return thread

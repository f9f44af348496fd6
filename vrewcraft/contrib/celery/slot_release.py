"""Releasing a slot: while its task is paused, its caller may run another one."""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection

from videos.core.enums import WorkClass
from videos.models.task_queue import Claim
from videos.worker.claims import MAX_RELEASED, RELEASE_CHECK_SECONDS, TaskExecutor

logger = logging.getLogger(__name__)


class _Attempt(threading.Thread):
    """A claim and its run in a thread of its own, so that its caller may return earlier."""

    def __init__(self, executor: TaskExecutor, work_class: WorkClass) -> None:
        super().__init__(name=f"{work_class}-attempt")
        self._executor, self._work_class = executor, work_class
        self._claim: Claim | None = None
        self._error: Exception | None = None
        self.is_released = False

    def run(self) -> None:
        """Until the attempt has ended."""
        try:
            self._claim = self._executor.claim(self._work_class)
            if self._claim is not None:
                self._executor.run(self._claim)
        except Exception as error:
            # Logged here, since nobody waits for one whose slot was released.
            logger.exception("an attempt failed")
            self._error = error
        finally:
            connection.close()

    def is_paused(self) -> bool:
        """Whether it runs and is to do nothing for now."""
        return self._claim is not None and self._executor.is_paused(self._claim)

    def found_work(self) -> bool:
        """Whether there was a task to claim, once that is known; raises what the run met."""
        if self._error is not None:
            raise self._error
        return self._claim is not None


class SlotReleaser:
    """Runs tasks for callers, each of which is a slot that returns while its task is paused.

    `manage.py work` has no need of it: its threads never leave their tasks, and it starts others.
    """

    def __init__(self, executor: TaskExecutor) -> None:
        self._executor = executor
        self._lock = threading.Lock()
        self._attempts: list[_Attempt] = []

    def start(self) -> None:
        """Begin to keep leases alive."""
        self._executor.start()

    def stop(self, seconds: float) -> None:
        """Give everything back, and sign off; takes at most that many seconds."""
        deadline = time.monotonic() + seconds
        self._executor.stopping.set()
        with self._lock:
            attempts = list(self._attempts)
        for attempt in attempts:
            attempt.join(max(0.0, deadline - time.monotonic()))
        self._executor.join(max(0.0, deadline - time.monotonic()))

    def run_one(self, work_class: WorkClass) -> bool:
        """Claim the best waiting task of a class and run it; False where there is none.

        Returns at its end, or once it is paused, with at most MAX_RELEASED left like that. What
        was left and goes on by now gets a slot before anything new does.
        """
        while resumed := self._reclaim_slots():
            self._follow(resumed)
        attempt = self._begin(work_class)
        self._follow(attempt)
        return attempt.found_work()

    def _begin(self, work_class: WorkClass) -> _Attempt:
        attempt = _Attempt(self._executor, work_class)
        with self._lock:
            attempt.start()
            self._attempts = [*filter(_Attempt.is_alive, self._attempts), attempt]
        return attempt

    def _follow(self, attempt: _Attempt) -> None:
        while attempt.is_alive():
            attempt.join(RELEASE_CHECK_SECONDS)
            if attempt.is_paused() and self._release_slot(attempt):
                return

    def _release_slot(self, attempt: _Attempt) -> bool:
        with self._lock:
            if sum(each.is_released and each.is_alive() for each in self._attempts) < MAX_RELEASED:
                attempt.is_released = True
            return attempt.is_released

    def _reclaim_slots(self) -> _Attempt | None:
        with self._lock:
            for attempt in self._attempts:
                if attempt.is_released and attempt.is_alive() and not attempt.is_paused():
                    attempt.is_released = False
                    return attempt
        return None

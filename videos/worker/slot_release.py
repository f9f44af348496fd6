"""Releasing a slot: while its task is paused, its caller may run another one."""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection

from videos.core.enums import WorkClass
from videos.models.task_queue import Claim
from videos.worker.claims import TaskExecutor

logger = logging.getLogger(__name__)

CHECK_SECONDS = 0.3
MAX_RELEASED = 4
"""At most so many tasks of a releaser run in place of paused ones, which hold their memory."""


class _Attempt(threading.Thread):
    """The run of a claim in a thread of its own, so that its caller may return earlier."""

    def __init__(self, executor: TaskExecutor, claim: Claim, name: str) -> None:
        super().__init__(name=name)
        self._executor, self._claim = executor, claim
        self.error: Exception | None = None
        self.is_released = False

    def run(self) -> None:
        """Until the attempt has ended."""
        try:
            self._executor.run(self._claim)
        except Exception as error:
            self.error = error
            if self.is_released:  # nobody waits for it
                logger.exception("an attempt failed")
        finally:
            connection.close()

    def is_paused(self) -> bool:
        """Whether it is to do nothing for now."""
        return self._executor.is_paused(self._claim)


class SlotReleaser:
    """Runs tasks for callers, each of which is a slot that returns while its task is paused."""

    def __init__(self, executor: TaskExecutor) -> None:
        self._executor = executor
        self._lock = threading.Lock()
        self._attempts: list[_Attempt] = []

    def run_one(self, work_class: WorkClass) -> bool:
        """Claim the best waiting task of a class and run it; False where there is none.

        Returns at its end, or once it is paused, with at most MAX_RELEASED left like that. What
        was left and goes on by now gets a slot before anything new does. Raises what a run met
        that no task should meet.
        """
        while resumed := self._reclaim_slot():
            self._follow(resumed)
        attempt = self._begin(work_class)
        if attempt is None:
            return False
        self._follow(attempt)
        if attempt.error is not None:
            raise attempt.error
        return True

    def join(self, seconds: float) -> bool:
        """Wait for all attempts, also those left, at most that long; whether they have ended."""
        deadline = time.monotonic() + seconds
        with self._lock:
            attempts = list(self._attempts)
        for attempt in attempts:
            attempt.join(max(0.0, deadline - time.monotonic()))
        return not any(attempt.is_alive() for attempt in attempts)

    def _begin(self, work_class: WorkClass) -> _Attempt | None:
        claim = self._executor.claim(work_class)
        if claim is None:
            return None
        attempt = _Attempt(self._executor, claim, f"{work_class}-attempt")
        with self._lock:
            try:
                attempt.start()
            except RuntimeError:  # the system gives this process no more threads
                self._executor.release(claim)
                raise
            self._attempts = [*filter(_Attempt.is_alive, self._attempts), attempt]
        # The attempt has a connection of its own; this one would idle as long as it runs.
        connection.close()
        return attempt

    def _follow(self, attempt: _Attempt) -> None:
        while attempt.is_alive():
            attempt.join(CHECK_SECONDS)
            if attempt.is_paused() and self._release_slot(attempt):
                return

    def _release_slot(self, attempt: _Attempt) -> bool:
        with self._lock:
            if sum(each.is_released and each.is_alive() for each in self._attempts) < MAX_RELEASED:
                attempt.is_released = True
            return attempt.is_released

    def _reclaim_slot(self) -> _Attempt | None:
        with self._lock:
            for attempt in self._attempts:
                if attempt.is_released and attempt.is_alive() and not attempt.is_paused():
                    attempt.is_released = False
                    return attempt
        return None

"""Lending a slot: while its task stands still, whoever gave the slot may run another one."""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection

from videos.core.enums import WorkClass
from videos.models.task_queue import Claim
from videos.worker.claims import LEND_SECONDS, MOST_LENT, Keeper

logger = logging.getLogger(__name__)


class _Attempt(threading.Thread):
    """A claim and its run in a thread of its own, so that whoever waits for it may go away."""

    def __init__(self, keeper: Keeper, work_class: WorkClass) -> None:
        super().__init__(name=f"{work_class}-attempt")
        self._keeper, self._work_class = keeper, work_class
        self._claim: Claim | None = None
        self._error: Exception | None = None
        self.is_lent = False

    def run(self) -> None:
        """Until the attempt has ended."""
        try:
            self._claim = self._keeper.claim(self._work_class)
            if self._claim is not None:
                self._keeper.run(self._claim)
        except Exception as error:
            # Said here, since nobody asks how a lent one has ended.
            logger.exception("an attempt met an error")
            self._error = error
        finally:
            connection.close()

    def stands_still(self) -> bool:
        """Whether it runs and is to do nothing for now."""
        return self._claim is not None and self._keeper.stands_still(self._claim)

    def found_work(self) -> bool:
        """Whether there was a task to claim, once that is known; raises what the run met."""
        if self._error is not None:
            raise self._error
        return self._claim is not None


class Lender:
    """Runs tasks for callers, each of whom is a slot that comes back where its task stands still.

    `manage.py work` has no need of it: its threads never leave their tasks, and it starts others.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._lock = threading.Lock()
        self._attempts: list[_Attempt] = []

    def start(self) -> None:
        """Begin to keep leases alive."""
        self._keeper.start()

    def stop(self, seconds: float) -> None:
        """Give everything back, and sign off; takes at most that many seconds."""
        deadline = time.monotonic() + seconds
        self._keeper.stopping.set()
        with self._lock:
            attempts = list(self._attempts)
        for attempt in attempts:
            attempt.join(max(0.0, deadline - time.monotonic()))
        self._keeper.join(max(0.0, deadline - time.monotonic()))

    def run_one(self, work_class: WorkClass) -> bool:
        """Claim the best waiting task of a class and run it; False where there is none.

        Returns at its end, or once it stands still, with at most MOST_LENT left like that. What
        was left and goes on by now gets a slot before anything new does.
        """
        while resumed := self._take_back():
            self._stay_with(resumed)
        attempt = self._begin(work_class)
        self._stay_with(attempt)
        return attempt.found_work()

    def _begin(self, work_class: WorkClass) -> _Attempt:
        attempt = _Attempt(self._keeper, work_class)
        with self._lock:
            attempt.start()
            self._attempts = [*filter(_Attempt.is_alive, self._attempts), attempt]
        return attempt

    def _stay_with(self, attempt: _Attempt) -> None:
        while attempt.is_alive():
            attempt.join(LEND_SECONDS)
            if attempt.stands_still() and self._lend(attempt):
                return

    def _lend(self, attempt: _Attempt) -> bool:
        with self._lock:
            if sum(each.is_lent and each.is_alive() for each in self._attempts) < MOST_LENT:
                attempt.is_lent = True
            return attempt.is_lent

    def _take_back(self) -> _Attempt | None:
        with self._lock:
            for attempt in self._attempts:
                if attempt.is_lent and attempt.is_alive() and not attempt.stands_still():
                    attempt.is_lent = False
                    return attempt
        return None

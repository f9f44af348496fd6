"""Waking workers. A wake-up is a hint ("there is such work"): it may come twice or never."""

from __future__ import annotations

import threading
from collections import defaultdict

from django.db import transaction


class Wakeups:
    """Lets threads wait for work of a class, in this process."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._counts: defaultdict[str, int] = defaultdict(int)

    def notify(self, work_class: str) -> None:
        """Wake whoever waits for this class."""
        with self._condition:
            self._counts[work_class] += 1
            self._condition.notify_all()

    def seen(self, work_class: str) -> int:
        """How many hints there were so far; pass it to `wait`, read before looking at the queue."""
        with self._condition:
            return self._counts[work_class]

    def wait(self, work_class: str, seen: int, timeout: float) -> None:
        """Return at a hint newer than `seen`, or after `timeout` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._counts[work_class] != seen, timeout)


wakeups = Wakeups()


def notify(work_class: str) -> None:
    """After the commit: there is work of this class."""
    transaction.on_commit(lambda: wakeups.notify(work_class), robust=True)

"""Waking workers. A wake-up is a hint ("there is such work"): it may come twice or never.

Workers of this process are notified in memory, those of others by PostgreSQL (pg_listener.py).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable

from django.db import connection, transaction

CHANNEL = "vrewcraft_work"


class Wakeups:
    """Lets threads wait for work of a class, in this process."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._counts: defaultdict[str, int] = defaultdict(int)

    def wake(self, work_class: str) -> None:
        """Wake the workers that wait for this class."""
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
# Further subscribers, such as Celery's broker.
_subscribers: list[Callable[[str], None]] = []


def subscribe(subscriber: Callable[[str], None]) -> None:
    """From now on pass every hint to `subscriber` too."""
    _subscribers.append(subscriber)


def wake(work_class: str) -> None:
    """After the commit: there is work of this class."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # the server delivers it at the commit
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(work_class)])
    transaction.on_commit(lambda: _notify(work_class), robust=True)


def _notify(work_class: str) -> None:
    wakeups.wake(work_class)
    for subscriber in _subscribers:
        subscriber(work_class)

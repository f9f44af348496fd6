"""Hearing of work that other processes ask for: PostgreSQL's LISTEN, on a connection of its own.

https://www.postgresql.org/docs/current/sql-notify.html. Without it workers still look for work by
themselves every second, so whatever goes wrong here costs that second and nothing else.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import psycopg
from django.db import Error as DatabaseFault
from django.db import connection, connections

from videos.core.enums import WorkClass
from videos.services.tasks.notify import CHANNEL, wakeups

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How soon the listener sees that it is to stop."""
CHECK_SECONDS = 30.0
"""A connection that died silently is found out by asking something."""
AGAIN_SECONDS = 1.0


class Listener:
    """A thread that turns the database's notifications into wake-ups of this process."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin to listen, where the database can notify."""
        if connection.vendor == "postgresql":
            self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except (DatabaseFault, psycopg.Error, OSError) as error:
                logger.warning(
                    "no notifications from the database, polling every second: %s", error
                )
                self._stopping.wait(AGAIN_SECONDS)

    def _listen(self) -> None:
        own = connections.create_connection("default")
        try:
            with own.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            for work_class in WorkClass:  # earlier notifications were missed
                wakeups.wake(work_class)
            self._hear(own)
        finally:
            own.close()

    def _hear(self, own: Any) -> None:
        asked_at = time.monotonic()
        while not self._stopping.is_set():
            for notice in own.connection.notifies(timeout=POLL_SECONDS):
                wakeups.wake(notice.payload)
                if self._stopping.is_set():
                    return
            if time.monotonic() - asked_at > CHECK_SECONDS:
                asked_at = time.monotonic()
                with own.cursor() as cursor:
                    cursor.execute("SELECT 1")

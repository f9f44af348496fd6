"""Database connections that outlive a piece of work, for threads that read over and over."""

from __future__ import annotations

from django.db import connections

KEPT_SECONDS = 60


def keep_connections() -> None:
    """From now on `close_old_connections` leaves this thread's open for a while.

    A new connection costs more than most questions. Each thread has connections of its own, so
    this changes no others; what has broken is replaced all the same.
    """
    lasting = {"CONN_MAX_AGE": KEPT_SECONDS, "CONN_HEALTH_CHECKS": True}
    for connection in connections.all():
        connection.settings_dict = {**connection.settings_dict, **lasting}

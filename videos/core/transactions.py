"""Transactions that say what their commit waits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction


def synced(*, at_once: bool) -> AbstractContextManager[object]:
    """A transaction that is on the disk once it is committed, or (not `at_once`) soon after."""
    return transaction.atomic() if at_once else unsynced()


@contextmanager
def unsynced() -> Iterator[None]:
    """A transaction whose commit does not wait for the disk.

    All processes see it at once, and it outlives their end. Only where the machine itself fails
    can it be lost, and then with nothing that was committed after it: the next commit that waits
    takes it to the disk too. Inside another transaction it is a part of that one.
    """
    if connection.in_atomic_block:
        relaxed: AbstractContextManager[object] = transaction.atomic()
    elif connection.vendor == "sqlite":
        relaxed = _on_sqlite()
    else:
        relaxed = _on_postgres()
    with relaxed:
        yield


@contextmanager
def _on_sqlite() -> Iterator[None]:
    """With a write-ahead log NORMAL leaves out the sync of a commit, and only that.

    The level belongs to the connection, and cannot be changed within a transaction
    (https://www.sqlite.org/pragma.html#pragma_synchronous).
    """
    with connection.cursor() as cursor:
        (level,) = cursor.execute("PRAGMA synchronous").fetchone()
        cursor.execute("PRAGMA synchronous = NORMAL")
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous = {level}")


@contextmanager
def _on_postgres() -> Iterator[None]:
    """Of the transaction alone: https://www.postgresql.org/docs/current/wal-async-commit.html."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        yield

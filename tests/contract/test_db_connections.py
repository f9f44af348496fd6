"""The lasting connection of the reads for sockets, on a database that can end it."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection

from progress import db_reader

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]


def pid() -> int:
    """The server's process at the other end of this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(process: int) -> None:
    """Have the server end it, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])


def test_one_that_the_server_has_ended_is_replaced_before_the_next_read() -> None:
    before = asyncio.run(db_reader.read(pid))
    end(before)
    assert asyncio.run(db_reader.read(pid)) != before

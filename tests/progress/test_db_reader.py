"""Reads for the sockets: one thread, one connection, as long as that is good."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import connection

from progress import db_reader, process
from videos.models import Video
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.usefixtures("transactional_db")


def link() -> object:
    """The connection under Django's, of whichever thread calls this."""
    connection.ensure_connection()
    return connection.connection


async def test_reads_share_one_connection_in_one_thread() -> None:
    assert await db_reader.read(link) is await db_reader.read(link)
    assert await db_reader.read(threading.get_ident) == await db_reader.read(threading.get_ident)


async def test_reads_run_in_the_order_of_their_requests() -> None:
    begun: list[int] = []
    await asyncio.gather(*(db_reader.read(begun.append, number) for number in range(20)))
    assert begun == list(range(20))


async def test_a_read_sees_what_was_committed_before_it(owner: User, video: Video) -> None:
    for name in ("one.mp4", "two.mp4"):
        await Video.objects.aupdate(name=name)
        assert (await db_reader.read(Video.objects.get, pk=video.pk)).name == name


async def test_a_connection_that_is_too_old_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("videos.core.connections.KEPT_SECONDS", 0)
    assert await db_reader.read(link) is not await db_reader.read(link)


async def test_an_error_is_the_askers() -> None:
    with pytest.raises(Video.DoesNotExist):
        await db_reader.read(Video.objects.get, name="none.mp4")


async def test_after_a_stop_it_begins_anew() -> None:
    before = await db_reader.read(threading.get_ident)
    process.current.stop()
    process.current.stop()
    assert before not in {thread.ident for thread in threading.enumerate()}
    await db_reader.read(link)


def test_other_threads_keep_their_connections_as_they_are() -> None:
    asyncio.run(db_reader.read(link))
    assert connection.settings_dict["CONN_MAX_AGE"] == 0

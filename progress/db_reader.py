"""Reads for the sockets: in one thread, over a connection to the database that lasts.

Channels' `database_sync_to_async` opens a connection for each call and closes it afterwards, which
took a third of the time of a read for a page that comes back.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connections

from videos.core.connections import keep_connections

P = ParamSpec("P")
T = TypeVar("T")


class _Process:
    """What this process has one of."""

    thread: ThreadPoolExecutor | None = None


async def read(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` gives, called in the thread, after those that were asked for earlier.

    A connection that has broken, or is a minute old, is replaced before the call.
    """
    if _Process.thread is None:
        _Process.thread = ThreadPoolExecutor(1, "socket-reads", initializer=keep_connections)
    call = partial(contextvars.copy_context().run, partial(function, *args, **kwargs))
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_Process.thread, _read, call)


def stop() -> None:
    """Close the connection and end the thread; the next read starts another one."""
    thread, _Process.thread = _Process.thread, None
    if thread:
        thread.submit(connections.close_all)
        thread.shutdown()


def _read(call: Callable[[], T]) -> T:
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
    return call()

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

from progress import process
from videos.core.connections import keep_connections

P = ParamSpec("P")
T = TypeVar("T")


class Reader:
    """The thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "socket-reads", initializer=keep_connections)

    async def read(self, call: Callable[[], T]) -> T:
        """What it gives, called in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _read, call)

    def stop(self) -> None:
        """Close the connection and end the thread."""
        self._thread.submit(connections.close_all)
        self._thread.shutdown()


async def read(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` gives, called in the thread, after those that were asked for earlier.

    A connection that has broken, or is a minute old, is replaced before the call.
    """
    reader = process.current.reader
    if reader is None:
        reader = process.current.reader = Reader()
    return await reader.read(
        partial(contextvars.copy_context().run, partial(function, *args, **kwargs))
    )


def _read(call: Callable[[], T]) -> T:
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
    return call()

"""Backpressure: an application's `send` waits while the connection's buffer is full."""

from __future__ import annotations

import asyncio

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer


@implementer(IPushProducer)
class Gate:
    """Shut while a transport holds more bytes than it wants; open again once they are sent.

    The transport calls it as its push producer; a lost connection opens it for good.
    """

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def pauseProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """Shut: the transport's buffer is full."""
        self._open.clear()

    def resumeProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """Open: the buffer is empty again."""
        self._open.set()

    def stopProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """Open: the connection is gone, and nobody may wait for it."""
        self._open.set()

    @property
    def is_open(self) -> bool:
        """Whether there is room now."""
        return self._open.is_set()

    async def passed(self) -> None:
        """Return once there is room; a waiter that was woken too late waits again."""
        while not self._open.is_set():
            await self._open.wait()

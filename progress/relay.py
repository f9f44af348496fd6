"""The channel layer between processes: one channel in, one publishing loop out."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from channels.layers import get_channel_layer

from progress.events import Change, Event

logger = logging.getLogger(__name__)

CHANGED = "task.changed"
RETRY_SECONDS = 1.0


class Relay:
    """This process's one channel in the layer; hands what comes in to `deliver`."""

    def __init__(self, layer: Any, deliver: Callable[[Change], None]) -> None:
        self._layer = layer
        self._deliver = deliver
        self._channel: str | None = None

    async def follow(self, group: str) -> None:
        """Hear a group."""
        if self._channel is None:
            self._channel = await self._layer.new_channel("hub")
        await self._layer.group_add(group, self._channel)

    async def unfollow(self, group: str) -> None:
        """Hear a group no more."""
        await self._layer.group_discard(group, self._channel)

    async def run(self) -> None:
        """Deliver what comes in, for ever."""
        while True:
            try:
                received = await self._layer.receive(self._channel)
            except (OSError, RuntimeError):
                logger.exception("the channel layer cannot be read; trying again")
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._deliver(unpack(received))


def pack(change: Change, group: str) -> dict[str, Any]:
    """A change as a layer message to one group."""
    return {"type": CHANGED, "group": group, "events": [asdict(event) for event in change.events]}


def unpack(received: dict[str, Any]) -> Change:
    """The reverse of `pack`."""
    return Change((received["group"],), tuple(Event(**event) for event in received["events"]))


class Publisher:
    """Sends changes to the layer from any thread, on one loop of its own.

    A layer's connections belong to the loop they were opened on, so a process publishes on one.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._layer = get_channel_layer()
        threading.Thread(target=self._loop.run_forever, name="publisher", daemon=True).start()

    def publish(self, change: Change) -> None:
        """Send the change to all its groups; returns at once."""
        asyncio.run_coroutine_threadsafe(self._send(change), self._loop)

    async def _send(self, change: Change) -> None:
        for group in change.groups:
            try:
                await self._layer.group_send(group, pack(change, group))
            except (OSError, RuntimeError):
                logger.exception("the channel layer cannot be written; pages will find the change")

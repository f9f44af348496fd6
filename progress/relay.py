"""The channel layer between processes: one channel in, one publishing loop out."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

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
        self._wanted: set[str] = set()
        self._followed: set[str] = set()

    async def follow(self, group: str) -> None:
        """Hear a group, now or once Redis can be reached."""
        self._wanted.add(group)
        await self.catch_up()

    async def unfollow(self, group: str) -> None:
        """Hear a group no more."""
        self._wanted.discard(group)
        if group in self._followed:
            self._followed.discard(group)
            with self._away():
                await self._layer.group_discard(group, self._channel)

    async def catch_up(self) -> None:
        """Follow what could not be followed before."""
        with self._away():
            for group in self._wanted - self._followed:
                if self._channel is None:
                    self._channel = await self._layer.new_channel("hub")
                await self._layer.group_add(group, self._channel)
                self._followed.add(group)

    async def run(self) -> None:
        """Deliver what comes in, until cancelled, which ends the channel too."""
        try:
            while True:
                if self._channel is None:
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                self._deliver(unpack(await self._layer.receive(self._channel)))
        finally:
            self._channel = None
            self._followed.clear()

    @contextmanager
    def _away(self) -> Iterator[None]:
        """Redis may be away: pages then learn from the database, and it is tried again later."""
        try:
            yield
        except (OSError, RedisError) as error:
            logger.warning("the channel layer cannot be reached, trying again: %s", error)


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
            except (OSError, RuntimeError, RedisError) as error:
                logger.warning(
                    "the channel layer took no event; pages will find it: %s",
                    error,
                    extra={"subject": change.events[0].subject},
                )

"""The channel layer between processes: one channel in for each process that has sockets.

Whether the layer works is found out by sending through it: a beat that comes back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from redis.exceptions import RedisError

from progress.events import Change, Event, Keep

logger = logging.getLogger(__name__)

CHANGED, BEAT = "task.changed", "hub.beat"
BEAT_SECONDS = 1.0
# A beat that is so late says that what others sent is lost as well.
SILENCE_SECONDS = 3.0
PATIENCE_SECONDS = 2.0
AWAY = (OSError, RedisError, TimeoutError)


class Relay:
    """This process's one channel in the layer.

    Hands what comes in to `deliver`; calls `on_status` when the layer is lost and when it is back.
    While it is away, groups are followed as soon as it is back.
    """

    def __init__(
        self, layer: Any, deliver: Callable[[Change], None], on_status: Callable[[], None]
    ) -> None:
        self._layer = layer
        self._deliver = deliver
        self._on_status = on_status
        self._channel: str | None = None
        self._wanted: set[str] = set()
        self._followed: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._heard_at = asyncio.get_running_loop().time()
        self.away = False

    async def follow(self, group: str) -> None:
        """Join a group, now or once the layer can be reached."""
        self._wanted.add(group)
        if not self.away and group not in self._followed:
            await self._settle(group)

    def unfollow(self, group: str) -> None:
        """Leave a group; done within a beat."""
        self._wanted.discard(group)

    async def run(self) -> None:
        """Deliver what comes in, until cancelled."""
        while self._channel is None:
            await self._open()
        watching = asyncio.get_running_loop().create_task(self._watch())
        try:
            while True:
                self._received(await self._layer.receive(self._channel))
        finally:
            watching.cancel()

    def _received(self, message: dict[str, Any]) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if message["type"] == CHANGED:
            try:
                change = unpack(message)
            except (KeyError, TypeError, ValueError):
                logger.warning("ignored an event of another version; pages will poll it")
            else:
                self._deliver(change)

    async def _open(self) -> None:
        try:
            async with self._one_at_a_time, asyncio.timeout(PATIENCE_SECONDS):
                self._channel = self._channel or await self._layer.new_channel("hub")
        except AWAY as error:
            self._lost(error)
            await asyncio.sleep(BEAT_SECONDS)

    async def _watch(self) -> None:
        """Send beats, and follow and unfollow what could not be before."""
        loop = asyncio.get_running_loop()
        while True:
            sent_at = loop.time()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._layer.send(self._channel, {"type": BEAT})
            except AWAY as error:
                self._lost(error)
            await asyncio.sleep(BEAT_SECONDS)
            if self._heard_at >= sent_at:
                await self._found()
            elif loop.time() - self._heard_at > SILENCE_SECONDS:
                self._lost("a channel layer heartbeat was lost")

    async def _found(self) -> None:
        was_away, self.away = self.away, False
        for group in (self._wanted - self._followed) | (self._followed - self._wanted):
            await self._settle(group)
        if was_away and not self.away:
            logger.info("the channel layer is reachable again")
            self._on_status()

    def _lost(self, reason: object) -> None:
        if not self.away:
            self.away = True
            logger.warning("the channel layer is unreachable, retrying: %s", reason)
            self._on_status()

    async def _settle(self, group: str) -> None:
        """Follow or unfollow one group, whichever is wanted by now.

        A turn behind many others is no sign that the layer is away, so it is not timed.
        """
        try:
            async with self._one_at_a_time, asyncio.timeout(PATIENCE_SECONDS):
                if self.away:
                    return
                if group in self._wanted and group not in self._followed:
                    self._channel = self._channel or await self._layer.new_channel("hub")
                    await self._layer.group_add(group, self._channel)
                    self._followed.add(group)
                elif group in self._followed and group not in self._wanted:
                    self._followed.discard(group)
                    await self._layer.group_discard(group, self._channel)
        except AWAY as error:
            self._lost(error)


def pack(change: Change) -> dict[str, Any]:
    """A change as a layer message. It names all its groups, whichever of them it is sent to: where
    one copy is lost, the other brings it to everybody, and no outbox sends one number twice.
    """
    events = [asdict(event) for event in change.events]
    return {"type": CHANGED, "groups": change.groups, "events": events, "viewer": change.viewer}


def unpack(received: dict[str, Any]) -> Change:
    """The reverse of `pack`."""
    events = (Event(**{**event, "keep": Keep(event["keep"])}) for event in received["events"])
    return Change(tuple(received["groups"]), tuple(events), received["viewer"])

"""The hub: one per process. It brings every committed change to the sockets of this process.

A plain group consumer costs a thread hop for every message to every socket; the hub encodes a
change once and hands the same text to each socket's outbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict

from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer

from progress import news
from progress.events import Change
from progress.outbox import Outbox
from progress.queue import Queue
from progress.relay import Relay

logger = logging.getLogger(__name__)

# Where changes also come through the layer, a look only finds what the layer lost.
LOOK_EVERY_SECONDS, LOOK_BESIDE_LAYER_SECONDS = 0.5, 2.0
LOOK_BACK_SECONDS = 3.0
QUEUE_EVERY_SECONDS = 2.0
REMEMBERED = 10_000


class Hub:
    """Groups of sockets, and where their news comes from.

    Without Redis, changes of this process arrive directly, and those of other processes on the same
    database are found by looking for changed rows. With Redis, all arrive through the layer, and
    looking finds what was lost while Redis was away.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._groups: dict[str, set[Outbox]] = {}
        self._seen: OrderedDict[str, int] = OrderedDict()
        layer = get_channel_layer()
        self._relay = (
            None if isinstance(layer, InMemoryChannelLayer) else Relay(layer, self._deliver)
        )
        self._sources: list[asyncio.Task[None]] = []

    @property
    def alive(self) -> bool:
        """Whether its loop still runs."""
        return not self._loop.is_closed()

    async def join(self, group: str, outbox: Outbox) -> None:
        """From now on the outbox gets the group's events."""
        members = self._groups.setdefault(group, set())
        members.add(outbox)
        if self._relay and len(members) == 1:
            await self._relay.follow(group)
        if not self._sources:
            looks = (self._look(), self._look_at_queue())
            self._sources = [self._loop.create_task(look) for look in looks]
            if self._relay:
                self._sources.append(self._loop.create_task(self._relay.run()))

    async def leave(self, group: str, outbox: Outbox) -> None:
        """No more of the group's events."""
        members = self._groups.get(group, set())
        members.discard(outbox)
        if members or group not in self._groups:
            return
        del self._groups[group]
        if self._relay:
            await self._relay.unfollow(group)
        if not self._groups:
            await self._rest()

    async def _rest(self) -> None:
        """Nobody listens: stop looking. A socket that comes meanwhile starts anew."""
        sources, self._sources = self._sources, []
        for source in sources:
            source.cancel()
        await asyncio.gather(*sources, return_exceptions=True)

    def publish(self, change: Change) -> None:
        """Bring a change of this process to its sockets; may be called from any thread."""
        if self._relay is None:
            with contextlib.suppress(RuntimeError):  # the loop closed meanwhile
                self._loop.call_soon_threadsafe(self._deliver, change)

    def _deliver(self, change: Change) -> None:
        for event in change.events:
            self._seen[event.subject] = max(event.seq, self._seen.get(event.subject, 0))
            self._seen.move_to_end(event.subject)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        for group in change.groups:
            for outbox in self._groups.get(group, ()):
                for event in change.events:
                    outbox.offer(event)

    async def _look(self) -> None:
        """Find what other processes changed."""
        looked_at = time.monotonic()
        while True:
            if self._relay:
                await asyncio.sleep(LOOK_BESIDE_LAYER_SECONDS)
                await self._relay.catch_up()
            else:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            now = time.monotonic()
            window = now - looked_at + LOOK_BACK_SECONDS
            try:
                changes = await database_sync_to_async(self._changes)(window)
            except Exception:
                logger.exception("changed rows cannot be read; trying again")
                continue
            looked_at = now
            for change in changes:
                self._deliver(change)

    async def _look_at_queue(self) -> None:
        """Tell where waiting tasks stand by now."""
        queue = Queue()
        while True:
            await asyncio.sleep(QUEUE_EVERY_SECONDS)
            try:
                changes = await database_sync_to_async(queue.changes)(set(self._groups))
            except Exception:
                logger.exception("the queue cannot be read; trying again")
                continue
            for change in changes:
                self._deliver(change)

    def _changes(self, window: float) -> list[Change]:
        return news.since(window, self._seen)


class _Process:
    """What this process has one of."""

    hub: Hub | None = None


def current_hub() -> Hub:
    """The hub of this process; made by the first socket, on its loop."""
    if _Process.hub is None or not _Process.hub.alive:
        _Process.hub = Hub()
    return _Process.hub


def existing_hub() -> Hub | None:
    """The hub, if a socket has made one."""
    hub = _Process.hub
    return hub if hub and hub.alive else None

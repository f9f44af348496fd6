"""The hub: one per process. It brings every committed change to the sockets of this process.

A plain group consumer costs a thread hop for every message to every socket; the hub encodes a
change once and hands the same message to each socket's outbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

from progress import change_poller, db_reader, process
from progress.events import ACCESS, Change, degraded_message
from progress.layer import Relay
from progress.outbox import Outbox, packed
from progress.queue_positions import QueuePositions
from progress.shared_read import SharedReads

logger = logging.getLogger(__name__)

# Where changes also come through the layer, a look only finds what the layer lost.
POLL_SECONDS, POLL_WITH_LAYER_SECONDS = 0.5, 2.0
POLL_OVERLAP_SECONDS = 3.0
QUEUE_EVERY_SECONDS = 2.0
REMEMBERED = 10_000
BREATH_SECONDS = 1.0


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
        self._listeners = asyncio.Event()
        self._hurry = asyncio.Event()
        self._blind = False
        self._degraded = False
        self.reads: SharedReads[Any] = SharedReads()
        self._queue = QueuePositions()
        self._on_access: list[Callable[[str], None]] = []
        layer = get_channel_layer()
        local = isinstance(layer, InMemoryChannelLayer)
        self._relay = None if local else Relay(layer, self._deliver, self._layer_changed)
        self._sources: list[asyncio.Task[None]] = []

    @property
    def alive(self) -> bool:
        """Whether its loop still runs."""
        return not self._loop.is_closed()

    @property
    def groups(self) -> int:
        """How many groups have somebody in them."""
        return len(self._groups)

    @property
    def degraded(self) -> bool:
        """Whether news comes late: the layer is away, or the database."""
        return self._degraded

    def on_access(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the key of each person whose access may have ended."""
        self._on_access.append(listener)

    async def join(self, group: str, outbox: Outbox) -> None:
        """From now on the outbox gets the group's events."""
        members = self._groups.setdefault(group, set())
        members.add(outbox)
        self._listeners.set()
        self._start()
        if self._relay:
            await self._relay.follow(group)

    def leave(self, group: str, outbox: Outbox) -> None:
        """No more of the group's events."""
        members = self._groups.get(group, set())
        members.discard(outbox)
        if members or group not in self._groups:
            return
        del self._groups[group]
        if self._relay:
            self._relay.unfollow(group)
        if not self._groups:
            self._listeners.clear()

    def publish(self, change: Change) -> None:
        """Bring a change of this process to its sockets; may be called from any thread."""
        if self._relay is None:
            with contextlib.suppress(RuntimeError):  # the loop closed meanwhile
                self._loop.call_soon_threadsafe(self._deliver, change)

    def stop(self) -> None:
        """Look for no more changes; may be called from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has closed, and its tasks with it
            self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        for source in self._sources:
            source.cancel()
        self._sources.clear()

    def _start(self) -> None:
        """With the first socket; what looks rests by itself while nobody listens."""
        if self._sources:
            return
        sources = [self._poll, self._poll_queue]
        if self._relay:
            sources += [self._relay.run, partial(self._relay.follow, ACCESS)]
        self._sources = [self._loop.create_task(_lasting(source)) for source in sources]

    def _deliver(self, change: Change) -> None:
        if ACCESS in change.groups:
            for listener in self._on_access:
                listener(change.viewer)
        self._remember(change)
        messages = [(event, packed(event.text)) for event in change.events]
        for group in change.groups:
            for outbox in self._groups.get(group, ()):
                if outbox.viewer == change.viewer:
                    for event, message in messages:
                        outbox.offer(event, message)

    def _remember(self, change: Change) -> None:
        for event in change.events:
            self._seen[event.subject] = max(event.seq, self._seen.get(event.subject, 0))
            self._seen.move_to_end(event.subject)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def _poll(self) -> None:
        """Find what other processes changed, while anybody listens."""
        polled_at = time.monotonic()
        while True:
            if not self._listeners.is_set():
                await self._listeners.wait()
                polled_at = time.monotonic()
            await self._seconds_to_next_poll()
            now = time.monotonic()
            window = now - polled_at + POLL_OVERLAP_SECONDS
            if await self._found_changes(window):
                polled_at = now

    async def _seconds_to_next_poll(self) -> None:
        seconds = POLL_WITH_LAYER_SECONDS if self._relay else POLL_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()

    async def _found_changes(self, window: float) -> bool:
        """Deliver what is new of the last so many seconds. False: the database is away."""
        try:
            changes = await db_reader.read(self._changes, window)
        except Exception as error:
            if not self._blind:
                logger.warning("reading changed rows failed; retrying", exc_info=error)
            self._blind = True
            self._send_degraded()
            return False
        self._blind = False
        for change in changes:
            self._deliver(change)
        self._send_degraded()
        return True

    async def _poll_queue(self) -> None:
        """Send the current places of waiting tasks."""
        while True:
            await self._listeners.wait()
            await asyncio.sleep(QUEUE_EVERY_SECONDS)
            try:
                changes = await db_reader.read(self._queue.changes, set(self._groups))
            except Exception as error:
                if not self._blind:
                    logger.warning("reading the queue failed; retrying", exc_info=error)
                continue
            for change in changes:
                self._deliver(change)

    def _changes(self, window: float) -> list[Change]:
        return change_poller.since(window, self._seen)

    def _layer_changed(self) -> None:
        """It is lost or back; either way something may have been missed."""
        self._hurry.set()
        self._send_degraded()

    def _send_degraded(self) -> None:
        """Say so to every socket when news begins to come late, and when no more."""
        degraded = self._blind or bool(self._relay and self._relay.away)
        if degraded == self._degraded:
            return
        self._degraded = degraded
        text = degraded_message(degraded)
        for outbox in set().union(*self._groups.values()):
            outbox.say(text, about="degraded")


async def _lasting(source: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin it again whatever ends it by mistake: without it pages would fall silent."""
    while True:
        try:
            return await source()
        except Exception:
            logger.exception("live delivery failed; continuing")
        await asyncio.sleep(BREATH_SECONDS)


def current_hub() -> Hub:
    """The hub of this process; made by the first socket, on its loop."""
    hub = existing_hub()
    if hub is None:
        hub = process.current.hub = Hub()
    return hub


def existing_hub() -> Hub | None:
    """The hub, if a socket has made one."""
    hub = process.current.hub
    return hub if hub and hub.alive else None

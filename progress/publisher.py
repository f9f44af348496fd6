"""Sending changes to the channel layer, from any thread."""

from __future__ import annotations

import asyncio
import logging
import threading

from channels.layers import get_channel_layer

from progress.events import Change
from progress.layer import AWAY, PATIENCE_SECONDS, pack

logger = logging.getLogger(__name__)

# While the layer hangs, more than so many are not kept: pages find them in the database.
MOST_UNDER_WAY = 1000


class Publisher:
    """Sends changes on one loop of its own, in a thread of its own.

    A layer's connections belong to the loop they were opened on, so a process publishes on one.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._layer = get_channel_layer()
        self._under_way = 0
        self._away = False
        threading.Thread(target=self._loop.run_forever, name="publisher", daemon=True).start()

    def publish(self, change: Change) -> None:
        """Send the change to all its groups; returns at once."""
        if self._under_way < MOST_UNDER_WAY:
            self._under_way += 1
            asyncio.run_coroutine_threadsafe(self._send(change), self._loop)

    async def _send(self, change: Change) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                message = pack(change)
                for group in change.groups:
                    await self._layer.group_send(group, message)
        except (*AWAY, RuntimeError) as error:
            self._tell("the channel layer takes no events; pages will find them: %s", error)
            self._away = True
        else:
            if self._away:
                self._tell("the channel layer takes events again%s", "")
            self._away = False
        finally:
            self._under_way -= 1

    def _tell(self, sentence: str, what: object) -> None:
        """Once for each time it goes away or comes back."""
        if not self._away or not what:
            logger.warning(sentence, what)

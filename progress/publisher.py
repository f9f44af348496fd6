"""Sending changes to the channel layer, from any thread."""

from __future__ import annotations

import asyncio
import logging
import threading

from channels.layers import get_channel_layer

from progress import process
from progress.events import Change
from progress.layer import AWAY, PATIENCE_SECONDS, pack

logger = logging.getLogger(__name__)

# While the layer hangs, more than so many are not kept: pages find them in the database.
MAX_UNDER_WAY = 1000
POLL_SECONDS, STOP_SECONDS = 0.01, 5.0

_making = threading.Lock()


class Publisher:
    """Sends changes on one loop of its own, in a thread of its own.

    A layer's connections belong to the loop they were opened on, so a process publishes on one.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._layer = get_channel_layer()
        self._under_way = 0
        self._away = False
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def publish(self, change: Change) -> None:
        """Send the change to all its groups; returns at once."""
        if self._under_way < MAX_UNDER_WAY:
            self._under_way += 1
            asyncio.run_coroutine_threadsafe(self._send(change), self._loop)

    def stop(self) -> None:
        """Send what is under way, as far as the layer takes it in time, and end the thread."""
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop)
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self._under_way:  # noqa: ASYNC110 (many senders)
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            logger.warning("the channel layer did not take the last events")
        finally:
            self._loop.stop()

    async def _send(self, change: Change) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                message = pack(change)
                for group in change.groups:
                    await self._layer.group_send(group, message)
        except (*AWAY, RuntimeError) as error:
            self._log("events cannot be sent to the channel layer; pages will poll them: %s", error)
            self._away = True
        else:
            if self._away:
                self._log("events can be sent to the channel layer again%s", "")
            self._away = False
        finally:
            self._under_way -= 1

    def _log(self, sentence: str, what: object) -> None:
        """Once for each time it goes away or comes back."""
        if not self._away or not what:
            logger.warning(sentence, what)


def current_publisher() -> Publisher:
    """The publisher of this process; made by the first change."""
    with _making:
        publisher = process.current.publisher
        if publisher is None:
            publisher = process.current.publisher = Publisher()
        return publisher

"""An orderly end: nothing new is taken, what is under way may finish, then the process is free."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from vrewcraft.server.daphne.websocket import HardenedWebSocket
from vrewcraft.server.stopping import StopSignals, call_in_thread

if TYPE_CHECKING:
    from vrewcraft.server.daphne.core import HardenedServer

logger = logging.getLogger("vrewcraft.server")

POLL_SECONDS = 0.02
CANCEL_SECONDS = 1.0


class Stopping:
    """Stops a server at the first signal."""

    def __init__(
        self,
        server: HardenedServer,
        on_stopping: Callable[[], None],
        stop_reactor: Callable[[], None],
    ) -> None:
        self._server = server
        self._on_stopping = on_stopping
        self._stop_reactor = stop_reactor
        self._task: asyncio.Task[None] | None = None

    def handle_signals(self) -> None:
        """SIGTERM and SIGINT, from now on."""
        StopSignals(self._server.loop, self._begin)

    def _begin(self) -> None:
        self._task = self._server.loop.create_task(self._stop())

    async def _stop(self) -> None:
        try:
            await self._wind_down()
        except Exception:
            logger.exception("The server did not shut down cleanly.")
        finally:
            self._stop_reactor()

    async def _wind_down(self) -> None:
        deadline = self._server.loop.time() + self._server.options.stop_seconds
        self._server.port.stopListening()
        for channel in list(self._server.http_factory.channels):
            channel.finish_soon()
        await call_in_thread(self._on_stopping, deadline - self._server.loop.time())
        for protocol in list(self._server.connections):
            if isinstance(protocol, HardenedWebSocket):
                protocol.going_away()
        while self._busy() and self._server.loop.time() < deadline:  # noqa: ASYNC110 (many owners)
            await asyncio.sleep(POLL_SECONDS)
        await self._cancel_applications()

    def _busy(self) -> bool:
        return bool(self._server.running_applications() or self._server.http_factory.channels)

    async def _cancel_applications(self) -> None:
        running = self._server.running_applications()
        if not running:
            return
        logger.warning("%d requests did not finish in time and were aborted.", len(running))
        for instance in running:
            instance.cancel()
        await asyncio.wait(running, timeout=CANCEL_SECONDS)


def close_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what is left on a loop that has stopped, so that nothing is destroyed unfinished."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=CANCEL_SECONDS))
    loop.run_until_complete(loop.shutdown_asyncgens())

"""An orderly end: nothing new is taken, what is under way may finish, then the process is free."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from vrewcraft.server.daphne.websocket import HardenedWebSocket

if TYPE_CHECKING:
    from vrewcraft.server.daphne.core import HardenedServer

logger = logging.getLogger("vrewcraft.server")

POLL_SECONDS = 0.02
ECHO_SECONDS = 0.5
"""A second signal that comes this soon is the first one, heard again."""
CANCEL_SECONDS = 1.0
THREADS_SECONDS = 3.0
"""How long threads that still work (a synchronous view) may hold the process once all is closed."""


class Stopping:
    """Stops a server: the first signal in order, the second at once."""

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
        self._told_at = 0.0

    def listen_to_signals(self) -> None:
        """SIGTERM and SIGINT, from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self._server.loop.add_signal_handler(number, self.signalled)

    def signalled(self) -> None:
        """Begin to stop; a second time: leave at once.

        A signal to a process group can come twice, directly and through the parent, as make does.
        """
        now = self._server.loop.time()
        if self._task is None:
            self._told_at = now
            self._task = self._server.loop.create_task(self._stop())
        elif now - self._told_at > ECHO_SECONDS:
            exit_now(1)

    async def _stop(self) -> None:
        try:
            await self._wind_down()
        except Exception:
            logger.exception("The server could not be stopped in order.")
        finally:
            self._stop_reactor()

    async def _wind_down(self) -> None:
        deadline = self._server.loop.time() + self._server.options.stop_seconds
        self._server.port.stopListening()
        for channel in list(self._server.http_factory.channels):
            channel.finish_soon()
        await self._call_on_stopping(deadline)
        for protocol in list(self._server.connections):
            if isinstance(protocol, HardenedWebSocket):
                protocol.going_away()
        while self._busy() and self._server.loop.time() < deadline:  # noqa: ASYNC110 (many owners)
            await asyncio.sleep(POLL_SECONDS)
        await self._cancel_applications()

    async def _call_on_stopping(self, deadline: float) -> None:
        """In a thread of its own: it may wait for workers, whose last events the loop sends."""
        done = asyncio.Event()

        def call() -> None:
            try:
                self._on_stopping()
            except Exception:
                logger.exception("The workers could not be stopped in order.")
            finally:
                self._server.loop.call_soon_threadsafe(done.set)

        threading.Thread(target=call, name="stopping", daemon=True).start()
        try:
            await asyncio.wait_for(done.wait(), deadline - self._server.loop.time())
        except TimeoutError:
            logger.warning("The workers have not stopped in time.")

    def _busy(self) -> bool:
        return bool(self._server.running_applications() or self._server.http_factory.channels)

    async def _cancel_applications(self) -> None:
        running = self._server.running_applications()
        if not running:
            return
        logger.warning("%d requests did not end in time and were cut.", len(running))
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


def leave_even_if_threads_work_on() -> None:
    """Python waits at its exit for every thread of its pools: bound that wait."""
    timer = threading.Timer(THREADS_SECONDS, exit_now, (0,))
    timer.daemon = True
    timer.start()


def exit_now(code: int) -> None:
    """End the process here, with what it has printed written out."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

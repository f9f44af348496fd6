"""What the end of every server has in common: signals, a bounded wait for workers, then exit."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

logger = logging.getLogger("vrewcraft.server")

ECHO_SECONDS = 0.5
"""A second signal that comes this soon is the first one, delivered twice."""
THREADS_SECONDS = 3.0
"""How long threads that still work (a synchronous view) may hold the process once all is closed."""


class StopSignals:
    """SIGTERM and SIGINT: the first stops the server in order, a second one ends at once.

    A signal to a process group can come twice, directly and through the parent, as make does.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
        """Listen from now on; `stop` is called on the loop, once."""
        self._loop = loop
        self._stop = stop
        self._first_at: float | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        now = self._loop.time()
        if self._first_at is None:
            self._first_at = now
            self._stop()
        elif now - self._first_at > ECHO_SECONDS:
            exit_now(1)


async def call_in_thread(function: Callable[[], None], seconds: float) -> None:
    """Call it in a thread of its own: it may wait for workers, whose last events the loop sends.

    Returns at its end, or after so many seconds; what it raises is logged.
    """
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def call() -> None:
        try:
            function()
        except Exception:
            logger.exception("The workers did not shut down cleanly.")
        finally:
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=call, name="stopping", daemon=True).start()
    try:
        await asyncio.wait_for(done.wait(), seconds)
    except TimeoutError:
        logger.warning("The workers did not stop in time.")


def exit_despite_threads() -> None:
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

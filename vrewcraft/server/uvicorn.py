"""uvicorn: the server to use behind a proxy. Nothing here leans on a private name of it.

`Options.body_limit` and `Options.spool_dir` are for servers that refuse and spool by themselves:
here the application does both (`BodyLimit`, `DiskHandler`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from vrewcraft.http.body_limit import Application
from vrewcraft.server.options import Options
from vrewcraft.server.stopping import StopSignals, call_in_thread, exit_despite_threads


class Server(uvicorn.Server):
    """One that says when it is ready, and stops workers before it closes sockets."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_ready: Callable[[], None],
        on_stopping: Callable[[], None],
        stop_seconds: float,
    ) -> None:
        super().__init__(config)
        self._on_ready, self._on_stopping = on_ready, on_stopping
        self._stop_seconds = stop_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A stop in order ends with 0: uvicorn's own handlers would end by the signal itself."""
        StopSignals(asyncio.get_running_loop(), self._begin_to_stop)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing new, stop the workers, then close what is open."""
        time = asyncio.get_running_loop().time
        deadline = time() + self._stop_seconds
        for server in self.servers:
            server.close()
        await call_in_thread(self._on_stopping, self._stop_seconds)
        self.config.timeout_graceful_shutdown = max(1, round(deadline - time()))
        await super().shutdown(sockets)
        exit_despite_threads()

    def _begin_to_stop(self) -> None:
        self.should_exit = True


def run(
    application: Application,
    listener: socket.socket,
    *,
    on_ready: Callable[[str, int], None],
    on_stopping: Callable[[], None],
    options: Options,
) -> None:
    """As `vrewcraft.server.run`."""
    address = listener.getsockname()[:2]
    config = uvicorn.Config(
        application,
        # Whoever serves starts and stops the runtime.
        lifespan="off",
        # Everything is logged as settings.LOGGING says; requests by LOG_REQUESTS.
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=options.websocket_message_bytes,
        ws_ping_interval=options.ping_interval,
        ws_ping_timeout=options.ping_timeout,
        ws_per_message_deflate=False,
    )
    Server(
        config,
        on_ready=lambda: on_ready(*address),
        on_stopping=on_stopping,
        stop_seconds=options.stop_seconds,
    ).run([listener])

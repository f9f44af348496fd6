"""The built-in server: Daphne with bounded memory, backpressure and an orderly end.

Everything that leans on private names of Daphne, Twisted or autobahn is in this folder. Importing
it installs Twisted's asyncio reactor, so only the command that serves does.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from vrewcraft.http.body_limit import Application
from vrewcraft.server.daphne.core import HardenedServer, reactor
from vrewcraft.server.daphne.stopping import Stopping, close_loop
from vrewcraft.server.options import Options
from vrewcraft.server.stopping import exit_despite_threads


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
    server = HardenedServer(application, options)
    stopping = Stopping(server, on_stopping, reactor.stop)
    failures: list[Exception] = []

    def ready() -> None:
        try:
            on_ready(*address)
        except Exception as error:  # noqa: BLE001 (raised again below)
            failures.append(error)
            reactor.stop()

    stopping.handle_signals()
    server.serve(listener, ready)
    close_loop(server.loop)
    exit_despite_threads()
    if failures:
        raise failures[0]

"""The built-in server. `bind` takes the port first; `run` serves until it is told to stop.

Importing this package installs Twisted's asyncio reactor, so only the command that serves does.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from vrewcraft.bodylimit import Application
from vrewcraft.server.core import HardenedServer, Options, reactor
from vrewcraft.server.listen import CannotListen, bind
from vrewcraft.server.stopping import Stopping, close_loop, leave_even_if_threads_work_on

__all__ = ["CannotListen", "HardenedServer", "Options", "bind", "run"]


def run(
    application: Application,
    *,
    host: str,
    port: int,
    on_ready: Callable[[str, int], None],
    on_stopping: Callable[[], None],
    options: Options,
    listener: socket.socket | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then stop in order and return.

    The port is taken first (or `listener`, from `bind`): CannotListen is raised before anything
    else happens. `on_ready` is called on the event loop with the real address and must not block;
    if it fails, its exception is raised here. `on_stopping` is called once in a thread of its own.
    """
    taken = listener or bind(host, port)
    address = taken.getsockname()[:2]
    server = HardenedServer(application, options)
    stopping = Stopping(server, on_stopping, reactor.stop)
    failures: list[Exception] = []

    def ready() -> None:
        try:
            on_ready(*address)
        except Exception as error:  # noqa: BLE001 (raised again below)
            failures.append(error)
            reactor.stop()

    stopping.listen_to_signals()
    server.serve(taken, ready)
    close_loop(server.loop)
    leave_even_if_threads_work_on()
    if failures:
        raise failures[0]

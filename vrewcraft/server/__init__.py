"""The servers that `manage.py serve` can start. `bind` takes the port first; `run` serves."""

from __future__ import annotations

import socket
from collections.abc import Callable

from vrewcraft.http.body_limit import Application
from vrewcraft.server.listen import CannotListen, bind
from vrewcraft.server.options import Options

__all__ = ["CannotListen", "Options", "bind", "run"]


def run(
    application: Application,
    listener: socket.socket,
    *,
    on_ready: Callable[[str, int], None],
    on_stopping: Callable[[], None],
    options: Options,
) -> None:
    """Serve on a bound socket until SIGTERM or SIGINT, then stop in order and return.

    `on_ready` is called with the real address; if it fails, its exception is raised here.
    `on_stopping` is called once, and may wait.
    """
    # Imported here: it installs Twisted's reactor, which no other server wants.
    from vrewcraft.server import daphne  # noqa: PLC0415

    daphne.run(application, listener, on_ready=on_ready, on_stopping=on_stopping, options=options)

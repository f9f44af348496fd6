"""The servers that `manage.py serve` can start, one leaf each.

`bind` takes the port first; `run` serves. What a leaf leans on stays in its leaf.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib import import_module

from vrewcraft.http.body_limit import Application
from vrewcraft.server.listen import CannotListen, bind
from vrewcraft.server.options import Options

__all__ = ["CannotListen", "Options", "bind", "run"]


def run(
    name: str,
    application: Application,
    listener: socket.socket,
    *,
    on_ready: Callable[[str, int], None],
    on_stopping: Callable[[], None],
    options: Options,
) -> None:
    """Serve on a bound socket until SIGTERM or SIGINT, then stop in order and return.

    `name` is one of `env.SERVERS`. `on_ready` is called with the real address, on the event loop,
    and must not block; if it fails, its exception is raised here. `on_stopping` is called once, in
    a thread of its own.
    """
    # Each is imported only where it serves: Daphne installs Twisted's reactor.
    leaf = import_module(f"vrewcraft.server.{name}")
    leaf.run(application, listener, on_ready=on_ready, on_stopping=on_stopping, options=options)

"""Starting and stopping the runtime with whatever server runs the application."""

from __future__ import annotations

import asyncio

from vrewcraft.http.body_limit import Application, Receive, Scope, Send
from vrewcraft.runtime import Runtime


class Lifespan:
    """ASGI middleware: the runtime lives as long as the server says.

    Where the server says nothing (https://asgi.readthedocs.io/en/latest/specs/lifespan.html is
    optional), it starts with the first request or socket and ends with the process.
    """

    def __init__(self, application: Application, runtime: Runtime) -> None:
        self._application = application
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if not self._runtime.is_started:
            await asyncio.to_thread(self._runtime.start)
        await self._application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "lifespan.startup":
            await asyncio.to_thread(self._runtime.start)
            await send({"type": "lifespan.startup.complete"})
        await asyncio.to_thread(self._runtime.stop)
        await send({"type": "lifespan.shutdown.complete"})

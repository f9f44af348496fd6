"""The built-in server: Daphne with bounded memory, backpressure and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from daphne.server import Server
from twisted.internet import reactor as twisted_reactor
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    STDLibLogObserver,
    globalLogBeginner,
)

from vrewcraft.http.body_limit import SPOOLED, Application, Message
from vrewcraft.server.daphne.body import LazyBody
from vrewcraft.server.daphne.http import Connection, HardenedFactory
from vrewcraft.server.daphne.websocket import (
    HardenedWebSocket,
    HardenedWebSocketFactory,
    ReceiveQueue,
)
from vrewcraft.server.options import Options

logger = logging.getLogger("vrewcraft.server")

# Twisted fills this module at import with whatever reactor Daphne installed.
reactor: Any = twisted_reactor

GATED = ("http.response.body", "websocket.send")


class HardenedServer(Server):
    """Daphne's server with our connections; started and stopped by `run`."""

    def __init__(self, application: Application, options: Options) -> None:
        super().__init__(
            application,
            endpoints=["adopted"],
            signal_handlers=False,
            ping_interval=options.ping_interval,
            ping_timeout=options.ping_timeout,
            websocket_timeout=-1,
            server_name="vrewcraft",
        )
        self.options = options
        self.connections: dict[Any, dict[str, Any]] = {}
        self._unsent: list[HardenedWebSocket] = []
        self.http_factory = HardenedFactory(self)
        self.ws_factory = HardenedWebSocketFactory(self, server=self.server_name)
        self.ws_factory.setProtocolOptions(
            autoPingTimeout=options.ping_timeout,
            allowNullOrigin=True,
            failByDrop=False,
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=options.websocket_message_bytes,
            maxFramePayloadSize=options.websocket_message_bytes,
        )

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that everything runs on."""
        loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop  # noqa: SLF001 (it has no other name)
        return loop

    def serve(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        """Serve on a bound socket until the reactor is stopped; `ready` is called on the loop."""
        self.options.spool_dir.mkdir(parents=True, exist_ok=True)
        asyncio.set_event_loop(self.loop)
        _forward_twisted_errors()
        self.port = reactor.adoptStreamPort(listener.fileno(), listener.family, self.http_factory)
        self.port.transport = Connection
        listener.close()
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.callWhenRunning(ready)
        reactor.run(installSignalHandlers=False)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application for a request or a WebSocket; gives where its input is put."""
        if scope["type"] == "http":
            body = LazyBody(protocol.take_body())
            scope[SPOOLED] = body.take
            queue: LazyBody | ReceiveQueue = body
        else:
            queue = ReceiveQueue(protocol.transport)
        scope.setdefault("asgi", {"version": "3.0"})
        instance = asyncio.ensure_future(
            self.application(scope, queue.get, partial(self.handle_reply, protocol)),
            loop=self.loop,
        )
        self.connections[protocol]["application_instance"] = instance
        instance.add_done_callback(partial(_ended, protocol))
        return queue

    async def handle_reply(self, protocol: Any, message: Message) -> None:
        """Pass a reply on once there is room for it; for a client that is gone, do nothing."""
        if message["type"] in GATED:
            if not protocol.gate.is_open:
                await protocol.gate.passed()
            if message.get("text") is not None and protocol.is_established:
                protocol.send_text(message["text"])
                return
            if self.is_gone(protocol):
                # An application that only ever sends must not keep the loop for itself.
                await asyncio.sleep(0)
        await super().handle_reply(protocol, message)

    def flush_soon(self, protocol: HardenedWebSocket) -> None:
        """Have its frames sent in the loop's next turn, with those of all others."""
        self._unsent.append(protocol)
        if len(self._unsent) == 1:
            self.loop.call_soon(self._flush)

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, []
        for protocol in unsent:
            protocol.flush()

    def is_gone(self, protocol: Any) -> bool:
        """Whether a request or a WebSocket has ended."""
        details = self.connections.get(protocol)
        return details is None or "disconnected" in details

    def protocol_disconnected(self, protocol: Any) -> None:
        """Note the end of a connection; it may be announced after it has been forgotten."""
        if protocol in self.connections:
            super().protocol_disconnected(protocol)

    def running_applications(self) -> list[asyncio.Future[None]]:
        """The applications that have not ended."""
        instances = (each.get("application_instance") for each in self.connections.values())
        return [instance for instance in instances if instance is not None and not instance.done()]


def _ended(protocol: Any, instance: asyncio.Future[None]) -> None:
    """An application that failed is reported by Daphne's own check, every second."""
    if instance.cancelled() or instance.exception() is None:
        protocol.application_ended()


def _forward_twisted_errors() -> None:
    observer = FilteringLogObserver(
        STDLibLogObserver(logger.name), [LogLevelFilterPredicate(LogLevel.error)]
    )
    globalLogBeginner.beginLoggingTo([observer], discardBuffer=True, redirectStandardIO=False)

"""WebSocket connections: backpressure both ways, any close code, a goodbye at the end."""

from __future__ import annotations

import asyncio
from typing import Any

from autobahn.twisted.websocket import ConnectionDeny
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from vrewcraft.bodylimit import Message
from vrewcraft.server.gate import Gate

SERVICE_RESTART = 1012
"""https://www.iana.org/assignments/websocket/websocket.xhtml"""
QUEUE_HIGH = 64
QUEUE_LOW = 16


class ReceiveQueue(asyncio.Queue[Message]):
    """Messages a client sent: reading from it rests while the application is behind."""

    def __init__(self, transport: Any) -> None:
        super().__init__()
        self._transport = transport
        self._resting = False

    def put_nowait(self, item: Message) -> None:
        """Take a message; past 64 waiting ones the connection is not read."""
        super().put_nowait(item)
        if self.qsize() >= QUEUE_HIGH and not self._resting:
            self._resting = True
            self._transport.pauseProducing()

    async def get(self) -> Message:
        """The oldest message; below 16 waiting ones the connection is read again."""
        message = await super().get()
        if self._resting and self.qsize() < QUEUE_LOW:
            self._resting = False
            self._transport.resumeProducing()
        return message


class HardenedWebSocket(WebSocketProtocol):
    """One WebSocket."""

    maxMessagePayloadSize: int  # noqa: N815 (Autobahn's name)

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's name)
        """Take the transport over from HTTP, with a gate of our own."""
        super().connectionMade()
        self.gate = Gate()
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.gate, True)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802
        """Send a message of any size: the limit is for what clients send.

        What is sent after the end is dropped: the application hears of the end a moment later.
        """
        if self.state != self.STATE_OPEN:
            return
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().serverSend(content, binary)
        finally:
            self.maxMessagePayloadSize = limit

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 (Daphne's name)
        """Close with any code: a server may use those below 3000 too."""
        self.sendCloseFrame(code=1000 if code is None else code, isReply=False)

    def handle_exception(self, exception: Exception) -> None:
        """The application failed: refuse the handshake, or close with 1011."""
        if not self._deny(500, "Internal server error"):
            self.sendCloseFrame(code=1011)

    def application_ended(self) -> None:
        """The application returned: a socket without one is of no use."""
        if not self._deny(500, "Internal server error") and self.state == self.STATE_OPEN:
            self.serverClose()

    def going_away(self) -> None:
        """The server stops: the client is told to come back."""
        if not self._deny(503, "Service restart") and self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=SERVICE_RESTART, reasonUtf8=b"service restart")

    def _deny(self, status: int, reason: str) -> bool:
        if self.state != self.STATE_CONNECTING or not hasattr(self, "handshake_deferred"):
            return False
        self.handshake_deferred.errback(ConnectionDeny(code=status, reason=reason))
        del self.handshake_deferred
        return True


class HardenedWebSocketFactory(WebSocketFactory):
    """Makes the WebSockets."""

    protocol = HardenedWebSocket

"""WebSocket connections: backpressure both ways, any close code, a goodbye at the end."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any, ClassVar

from autobahn.twisted.websocket import ConnectionDeny
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from vrewcraft.http.body_limit import Message
from vrewcraft.server.daphne.gate import Gate

SERVICE_RESTART = 1012
"""https://www.iana.org/assignments/websocket/websocket.xhtml"""
QUEUE_HIGH = 64
QUEUE_LOW = 16


SHORT_CHARACTERS = 4096
"""Longer texts are for one socket as a rule, so their frames are not kept."""
TEXT_FRAME = 0x81
MAX_QUEUED_BYTES = 64 * 1024


def frame_of(text: str) -> bytes:
    """A whole text message as one unmasked frame (RFC 6455, 5.2); made once for many sockets."""
    return _kept_frame(text) if len(text) <= SHORT_CHARACTERS else _frame(text)


def _frame(text: str) -> bytes:
    data = text.encode()
    length = len(data)
    if length < 126:
        head = bytes((TEXT_FRAME, length))
    elif length < 1 << 16:
        head = bytes((TEXT_FRAME, 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((TEXT_FRAME, 127)) + length.to_bytes(8, "big")
    return head + data


_kept_frame = lru_cache(maxsize=256)(_frame)


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
    # Autobahn would copy them itself, and put them into words for a log that nobody keeps: that
    # took a tenth of the loop's time while many pages come back.
    CONFIG_ATTRS: ClassVar[tuple[str, ...]] = ()

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's name)
        """Take the transport over from HTTP, with a gate of our own."""
        for name in WebSocketProtocol.CONFIG_ATTRS:
            setattr(self, name, getattr(self.factory, name))
        super().connectionMade()
        self.gate = Gate()
        self._frames: list[bytes] = []
        self._frames_bytes = 0
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.gate, True)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802
        """Send a message of any size: the limit is for what clients send.

        What is sent after the end is dropped: the application is notified a moment later.
        """
        if not self.is_established:
            return
        if isinstance(content, str):
            self.send_text(content)
            return
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().serverSend(content, binary)
        finally:
            self.maxMessagePayloadSize = limit

    @property
    def is_established(self) -> bool:
        """Whether the handshake is done and nobody has begun to close."""
        return bool(self.state == self.STATE_OPEN)

    def send_text(self, text: str) -> None:
        """Send a text on an open connection, with all others of the loop's turn."""
        frame = frame_of(text)
        self._frames.append(frame)
        self._frames_bytes += len(frame)
        if self._frames_bytes > MAX_QUEUED_BYTES:
            # Who sends without a pause must find the gate shut, not the loop's turn too late.
            self.flush()
        elif len(self._frames) == 1:
            self.factory.server_class.flush_soon(self)

    def flush(self) -> None:
        """Hand the frames to the operating system at once where nothing waits: the reactor would
        take a turn of its own, and register and forget the connection, each time.
        """
        if not self._frames:
            return
        data = b"".join(self._frames) if len(self._frames) > 1 else self._frames[0]
        self._frames.clear()
        self._frames_bytes = 0
        transport = self.transport
        if not transport.dataBuffer and not transport._tempDataLen and transport.connected:  # noqa: SLF001 (both buffers)
            written = transport.writeSomeData(data)
            if written == len(data):
                return
            if isinstance(written, int):
                data = data[written:]
        # The rest; where the connection is lost, the reactor finds that out when it tries.
        transport.write(data)

    def sendData(self, data: bytes, *args: Any, **kwargs: Any) -> None:  # noqa: N802
        """Whatever Autobahn sends by itself, after what was sent before it."""
        self.flush()
        super().sendData(data, *args, **kwargs)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 (Daphne's name)
        """Close with any code: a server may use those below 3000 too."""
        self.sendCloseFrame(code=1000 if code is None else code, isReply=False)

    def application_ended(self) -> None:
        """The application returned: a socket without one is of no use."""
        if not self._deny(500, "Internal server error") and self.state == self.STATE_OPEN:
            self.serverClose()

    def going_away(self) -> None:
        """The server stops: the close code asks the client to reconnect."""
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

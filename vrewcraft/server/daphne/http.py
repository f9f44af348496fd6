"""HTTP connections: limits while a body arrives, bodies on disk, backpressure on answers."""

from __future__ import annotations

import errno
import http.client
from typing import TYPE_CHECKING, Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet import reactor, tcp
from twisted.web.http import HTTPChannel

from vrewcraft.http.body_limit import DRAIN_SECONDS, Refused, too_large
from vrewcraft.server.daphne.body import spool
from vrewcraft.server.daphne.gate import Gate
from vrewcraft.server.daphne.turns import Turns

if TYPE_CHECKING:
    from vrewcraft.server.daphne.core import HardenedServer

DISK_FULL = Refused(
    507, "disk_full", "The disk is full.", "Delete what you do not need, then try again."
)
READ_BYTES = 256 * 1024
"""The most that is read from a connection at once: four times what Twisted would."""
SHARED_READ_BYTES = 96 * 1024
"""The same while several bodies arrive, so that turns of the loop stay short."""
FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)


def reason(status: int) -> bytes:
    """The reason phrase of a status."""
    return http.client.responses[status].encode()


class HardenedRequest(WebRequest):
    """A request whose body is counted and spooled to disk as it arrives, and never parsed here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # https://docs.twisted.org/en/stable/api/twisted.web.http.Request.html
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.gate: Gate = self.channel.gate
        self._received = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802 (Twisted's name)
        """Make room for a body of `length` bytes."""
        self.content = spool(self.server.options.spool_dir, length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Count and keep one piece of the body."""
        if self.channel.refused:
            return
        self._received += len(data)
        if self._received > self.channel.limit:
            self.channel.refuse(too_large(self.channel.limit))
            return
        self._keep(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        """The body is complete: hand the request over, unless it has been refused."""
        self._keep(b"")
        self.channel.body_arrives = False
        if not self.channel.refused:
            super().requestReceived(command, path, version)

    def process(self) -> Any:
        """Start the application; a connection that became a WebSocket is no longer HTTP's."""
        channel = self.channel
        result = super().process()
        if self.transport is None:
            channel.factory.channels.discard(channel)
        return result

    def take_body(self) -> Any:
        """The body's file; an empty one takes its place, so that it is not read here."""
        content, self.content = self.content, spool(self.server.options.spool_dir, 0)
        return content

    def application_ended(self) -> None:
        """Whoever still waits gets an answer, or a cut that shows that the answer is not whole."""
        if self.finished or self._disconnected:
            return
        if self._response_started:
            self.channel.transport.abortConnection()
        else:
            self.channel.persistent = False
            self.basic_error(503, b"Service Unavailable", "The request was not answered.")

    def handle_exception(self, exception: Exception) -> None:
        """The application failed: 500, or a cut where the answer has begun."""
        if self.finished or self._disconnected:
            return
        if self._response_started:
            self.channel.transport.abortConnection()
        else:
            super().handle_exception(exception)

    def _keep(self, data: bytes) -> None:
        try:
            self.content.write(data)
            if not data:
                self.content.flush()
        except OSError as error:
            if error.errno not in FULL_ERRORS:
                raise
            self.channel.refuse(DISK_FULL)


class HardenedChannel(HTTPChannel):
    """One HTTP connection: refuses early, and notifies its request when its buffer is full."""

    requestFactory = HardenedRequest  # noqa: N815 (Twisted's name)

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate()
        self.refused = False
        self.body_arrives = False
        self.limit = 0

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's name)
        """Remember the connection, and let the system notice a peer that is gone."""
        super().connectionMade()
        self.transport.setTcpKeepAlive(True)
        self.factory.channels.add(self)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 (Twisted's name)
        """Forget the connection."""
        self.factory.channels.discard(self)
        self.gate.stopProducing()
        super().connectionLost(reason)

    def allHeadersReceived(self) -> None:  # noqa: N802 (Twisted's name)
        """Decide by the headers alone; a refused client is not invited to send its body."""
        self.body_arrives = self.length != 0
        if self.body_arrives:
            path = self._path.partition(b"?")[0]
            self.limit = self.factory.server.options.body_limit(path, self._command)
        if self.length is not None and self.length > self.limit:
            self.refuse(too_large(self.limit))
        else:
            super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Take a piece of the body; what a refused client still sends is dropped."""
        if not self.refused:
            super().rawDataReceived(data)

    def pauseProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """The buffer is full."""
        self.gate.pauseProducing()
        super().pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """The buffer is empty again."""
        self.gate.resumeProducing()
        super().resumeProducing()

    def refuse(self, answer: Refused) -> None:
        """Answer now, half-close, and read on for a while so that the client sees the answer."""
        self.refused = True
        self.persistent = False
        lines = [b"HTTP/1.1 %d %s" % (answer.status, reason(answer.status))]
        lines += [name + b": " + value for name, value in answer.headers]
        self._networkProducer.unregisterProducer()
        self.transport.write(b"\r\n".join([*lines, b"", answer.body]))
        self.transport.loseWriteConnection()
        self._abortingCall = reactor.callLater(DRAIN_SECONDS, self.forceAbortClient)

    def finish_soon(self) -> None:
        """The server stops: close at once if idle, else after the answer that is under way."""
        if self.refused:
            self.transport.abortConnection()
        elif self.requests:
            self.persistent = False
        else:
            self.loseConnection()


class Connection(tcp.Server):
    """The socket of a connection. While a body arrives, it is read when its turn comes."""

    def doRead(self) -> Any:  # noqa: N802 (Twisted's name)
        """Read a piece, now or later."""
        turns: Turns = self.server.factory.turns
        channel = self.protocol
        arrives = isinstance(channel, HardenedChannel) and channel.body_arrives
        if arrives and not turns.take(self):
            return None
        self.bufferSize = SHARED_READ_BYTES if turns.shared else READ_BYTES
        return super().doRead()

    def rest(self) -> None:
        """Wait for its turn."""
        self.stopReading()

    def go(self) -> None:
        """Its turn comes."""
        self.resumeProducing()

    def pauseProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """Nothing is to be read for now."""
        self.server.factory.turns.leave(self)
        super().pauseProducing()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 (Twisted's name)
        """Nothing is left to be read."""
        self.server.factory.turns.leave(self)
        super().connectionLost(reason)


class HardenedFactory(HTTPFactory):
    """Makes the connections and knows those that are open."""

    def __init__(self, server: HardenedServer) -> None:
        super().__init__(server)
        self.channels: set[HardenedChannel] = set()
        self.turns = Turns(server.loop.call_soon)

    def buildProtocol(self, addr: Any) -> HardenedChannel:  # noqa: N802 (Twisted's name)
        """A connection of our own class; plain HTTP/1.1, so nothing is negotiated."""
        channel = HardenedChannel()
        channel.factory = self
        channel.callLater = self.reactor.callLater
        channel.timeOut = self.timeOut
        return channel

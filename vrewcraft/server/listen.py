"""Taking the port, before anything else is started."""

from __future__ import annotations

import errno
import socket

BACKLOG = 512


class CannotListen(OSError):
    """The address cannot be listened on; `str()` is a sentence for the person who started it."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        super().__init__(_sentence(host, port, error))
        self.host = host
        self.port = port


def bind(host: str, port: int) -> socket.socket:
    """A listening socket (port 0: any free one). Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CannotListen(host, port, error) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(host, port, error) from error
    listener.setblocking(False)
    return listener


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use by another program. "
            "Stop that program, or choose another port with PORT."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs administrator rights. Choose one above 1023 with PORT."
    return f"Cannot listen on {host}, port {port}: {error.strerror or error}."

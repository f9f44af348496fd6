"""An HTTP client with a token over one connection, for uploads by tus that can be cut anywhere."""

from __future__ import annotations

import base64
import os
import socket
import struct
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPMessage, HTTPResponse
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Self

MIB = 1024 * 1024
CHUNK_BYTES = 8 * MIB
PATIENCE_SECONDS = 120
GOOD = (200, 201, 204)
TUS = {"Tus-Resumable": "1.0.0"}
# https://man7.org/linux/man-pages/man7/socket.7.html: SO_LINGER on, 0 s: close() sends a reset.
RESET = struct.pack("ii", 1, 0)
Headers = Mapping[str, str]
NONE: Headers = MappingProxyType({})


class Unexpected(Exception):
    """The server answered with another status than it should; `status` is it."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:200]!r}")
        self.status = status


class Client:
    """One connection of one person, closed at the end of the context."""

    def __init__(self, port: int, token: str = "", *, uploads: str = "/api/uploads/") -> None:
        """Without a token none is sent; `uploads` is where uploads by tus begin."""
        self._http = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self._uploads = uploads
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.close()

    def open(self, method: str, path: str, more: Headers = NONE, body: Any = None) -> HTTPResponse:
        """The answer whatever it is, its body still to be read."""
        self._http.request(method, path, body, {**self._headers, **more})
        return self._http.getresponse()

    def ask(
        self, method: str, path: str, more: Headers = NONE, body: Any = None
    ) -> tuple[HTTPMessage, bytes]:
        """Headers and body of a good answer."""
        return _checked(self.open(method, path, more, body))

    def create(self, length: int | None, name: str = "a.mp4") -> tuple[str, str]:
        """Begin an upload, of unknown length where it is None; its location and video id."""
        size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        named = {"Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}"}
        headers, _body = self.ask("POST", self._uploads, {**TUS, **size, **named})
        return headers["Location"], headers.get("Video-Id", "")

    def upload(self, path: Path) -> tuple[str, str]:
        """A whole file; its location and video id."""
        location, video_id = self.create(path.stat().st_size)
        self.send(location, path)
        return location, video_id

    def offset(self, location: str) -> int:
        """How many bytes the server has."""
        return int(self.ask("HEAD", location, TUS)[0]["Upload-Offset"])

    def send(self, location: str, path: Path, offset: int = 0, more: Headers = NONE) -> None:
        """A file from an offset on, in large chunks."""
        size = path.stat().st_size
        with path.open("rb") as file:
            while offset < size:
                chunk = min(CHUNK_BYTES, size - offset)
                offset = self.send_chunk(location, file, offset, chunk, more)

    def send_chunk(
        self, location: str, file: IO[bytes], offset: int, size: int, more: Headers = NONE
    ) -> int:
        """One chunk of a file, as the kernel sends it; the new offset."""
        self._begin_chunk(location, offset, size, more)
        self._http.sock.sendfile(file, offset, size)
        return int(_checked(self._http.getresponse())[0]["Upload-Offset"])

    def send_bytes(self, location: str, content: bytes, offset: int = 0) -> int:
        """One chunk from memory; the new offset."""
        self._begin_chunk(location, offset, len(content))
        self._http.send(content)
        return int(_checked(self._http.getresponse())[0]["Upload-Offset"])

    def cut_chunk(self, location: str, file: IO[bytes], offset: int, size: int, after: int) -> None:
        """Begin a chunk, send `after` bytes of it, and reset the connection."""
        self._begin_chunk(location, offset, size)
        self._http.send(os.pread(file.fileno(), after, offset))
        self._http.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._http.close()

    def _begin_chunk(self, location: str, offset: int, size: int, more: Headers = NONE) -> None:
        numbers = {"Content-Length": str(size), "Upload-Offset": str(offset)}
        kind = {"Content-Type": "application/offset+octet-stream"}
        self._http.putrequest("PATCH", location)
        for name, value in {**self._headers, **TUS, **kind, **numbers, **more}.items():
            self._http.putheader(name, value)
        self._http.endheaders()


def _checked(answer: HTTPResponse) -> tuple[HTTPMessage, bytes]:
    body = answer.read()
    if answer.status not in GOOD:
        raise Unexpected(answer.status, body)
    return answer.headers, body

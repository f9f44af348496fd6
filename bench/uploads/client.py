"""A tus client over one connection that can be cut at any byte."""

from __future__ import annotations

import base64
import http.client
import os
import random
import socket
import struct
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import IO

from tests.servers.app import RunningServer

CHUNK_BYTES = 8 * 1024 * 1024
MIB = 1024 * 1024
Headers = dict[str, str]

BYTES = "application/offset+octet-stream"
SECONDS = 60
# https://man7.org/linux/man-pages/man7/socket.7.html: SO_LINGER on, 0 s: close() sends a reset.
RESET = struct.pack("ii", 1, 0)


class Unexpected(Exception):
    """The server answered with another status than it should; `status` is it."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:200]!r}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Site:
    """Where to upload to."""

    port: int
    path: str
    token: str = ""

    @classmethod
    def of(cls, server: RunningServer, token: str = "") -> Site:
        """Our server's endpoint."""
        return cls(server.port, "/api/uploads/", token or server.token)


class Client:
    """One connection of one person."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._http = http.client.HTTPConnection("127.0.0.1", site.port, timeout=SECONDS)

    def create(self, length: int | None, name: str = "a.mp4") -> tuple[str, str]:
        """Begin an upload; its location and its video's id."""
        said = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        named = f"filename {base64.b64encode(name.encode()).decode()}"
        answer = self._ask("POST", self._site.path, {**said, "Upload-Metadata": named})
        return answer.headers["Location"], answer.headers.get("Video-Id", "")

    def offset(self, location: str) -> int:
        """How many bytes the server has."""
        return int(self._ask("HEAD", location, {}).headers["Upload-Offset"])

    def send(self, location: str, path: Path, start: int = 0, chunk: int = CHUNK_BYTES) -> int:
        """The rest of a file from `start`, in chunks."""
        size = path.stat().st_size
        with path.open("rb") as file:
            while start < size:
                start = self.patch(location, file, start, min(chunk, size - start))
        return start

    def patch(
        self,
        location: str,
        file: IO[bytes],
        offset: int,
        size: int,
        more: Headers | None = None,
    ) -> int:
        """One chunk of a file, as the kernel sends it; the new offset."""
        self._begin(location, offset, size, more)
        self._http.sock.sendfile(file, offset, size)
        return int(self._checked(self._http.getresponse()).headers["Upload-Offset"])

    def patch_bytes(
        self, location: str, content: bytes, offset: int = 0, more: Headers | None = None
    ) -> int:
        """One chunk from memory; the new offset."""
        self._begin(location, offset, len(content), more)
        self._http.send(content)
        return int(self._checked(self._http.getresponse()).headers["Upload-Offset"])

    def cut(self, location: str, file: IO[bytes], offset: int, size: int, after: int) -> None:
        """Begin a chunk, send `after` bytes of it, and reset the connection."""
        self._begin(location, offset, size, None)
        self._http.send(os.pread(file.fileno(), after, offset))
        self._http.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.close()

    def delete(self, path: str) -> None:
        """Delete something."""
        self._ask("DELETE", path, {})

    def get(self, path: str) -> bytes:
        """A page or an answer of the API."""
        self._http.request("GET", path, headers=self._headers())
        answer = self._http.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise Unexpected(answer.status, body)
        return body

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _begin(self, location: str, offset: int, size: int, more: Headers | None) -> None:
        self._http.putrequest("PATCH", location)
        headers = {"Upload-Offset": str(offset), "Content-Type": BYTES, **(more or {})}
        for name, value in {**self._headers(), **headers, "Content-Length": str(size)}.items():
            self._http.putheader(name, value)
        self._http.endheaders()

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> HTTPResponse:
        self._http.request(method, path, headers={**self._headers(), **headers})
        return self._checked(self._http.getresponse())

    def _headers(self) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self._site.token}"} if self._site.token else {}
        return {"Tus-Resumable": "1.0.0", **token}

    def _checked(self, answer: HTTPResponse) -> HTTPResponse:
        body = answer.read()
        if answer.status not in (200, 201, 204):
            raise Unexpected(answer.status, body)
        return answer


def random_file(path: Path, size: int, seed: int = 0) -> Path:
    """A file of bytes that nothing can shorten, on the disk already."""
    made = random.Random(seed)
    with path.open("wb") as file:
        for start in range(0, size, MIB):
            file.write(made.randbytes(min(MIB, size - start)))
        file.flush()
        os.fsync(file.fileno())
    return path


def source_of(server: RunningServer, video_id: str) -> Path:
    """A finished upload in the library."""
    (path,) = (server.data_dir / "library" / "sources" / video_id).rglob("source.*")
    return path

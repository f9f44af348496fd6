"""A program that uploads by tus 1.0.0, one request at a time."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

import httpx

CHUNK_BYTES = 8 * 1024 * 1024
VERSION = {"Tus-Resumable": "1.0.0"}
GOOD = (200, 201, 204)


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload that the server knows."""

    url: str
    video_id: str


class TusRefused(Exception):
    """The server answered with an error; `status` is its number."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(f"{answer.request.method} {answer.url}: {answer.status_code}")
        self.status = answer.status_code


class TusClient:
    """Uploads of one person, by token."""

    def __init__(self, base_url: str, token: str, *, chunk_bytes: int = CHUNK_BYTES) -> None:
        headers = {**VERSION, "Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=60)
        self._chunk_bytes = chunk_bytes

    def create(self, path: Path) -> Begun:
        """Tell the server of a file."""
        name = base64.b64encode(path.name.encode()).decode()
        headers = {
            "Upload-Length": str(path.stat().st_size),
            "Upload-Metadata": f"filename {name}",
        }
        answer = self._send("POST", "/api/uploads/", headers=headers)
        return Begun(answer.headers["Location"], answer.headers["Video-Id"])

    def offset(self, begun: Begun) -> int:
        """How many bytes the server has."""
        return int(self._send("HEAD", begun.url).headers["Upload-Offset"])

    def send(self, begun: Begun, path: Path, *, most_chunks: int | None = None) -> int:
        """Send what is missing, at most so many chunks; the offset that was acknowledged last."""
        offset, sent = self.offset(begun), 0
        with path.open("rb") as file:
            file.seek(offset)
            while (most_chunks is None or sent < most_chunks) and (
                chunk := file.read(self._chunk_bytes)
            ):
                offset, sent = self.patch(begun, offset, chunk), sent + 1
        return offset

    def patch(self, begun: Begun, offset: int, chunk: bytes) -> int:
        """Send one chunk with its checksum; the new offset."""
        digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {digest}",
        }
        answer = self._send("PATCH", begun.url, headers=headers, content=chunk)
        return int(answer.headers["Upload-Offset"])

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def _send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        answer = self._http.request(method, url, headers=headers, content=content)
        if answer.status_code not in GOOD:
            raise TusRefused(answer)
        return answer

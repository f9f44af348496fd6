"""Single requests of tus 1.0.0, right or wrong, sent to the application by Django's test client."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

from django.test import Client

from videos.models import Upload
from videos.services.uploads.part_file import Content

ROOT = "/api/uploads/"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"
CONTENT = bytes(range(256)) * 40


def encoded(text: str) -> str:
    """A value of Upload-Metadata."""
    return base64.b64encode(text.encode()).decode()


def sha(content: bytes, algorithm: str = "sha1") -> str:
    """A value of Upload-Checksum."""
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def content_of(data: bytes) -> Content:
    """The bytes of a request."""
    return Content(io.BytesIO(data), len(data))


class Tus:
    """A client that sends exactly what it is told."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def create(
        self, length: object = len(CONTENT), *, name: str = "강의 1.mp4", **headers: Any
    ) -> Any:
        """Begin an upload."""
        usual = {"Upload-Length": str(length), "Upload-Metadata": f"filename {encoded(name)}"}
        return self.post({**usual, **headers})

    def post(self, headers: dict[str, Any], content: bytes = b"", kind: str = "") -> Any:
        """Any creation."""
        return self.client.generic(
            "POST", ROOT, content, content_type=kind or "text/plain", headers=sent(headers)
        )

    def patch(
        self, url: str, content: bytes, offset: object = 0, *, kind: str = BYTES, **headers: Any
    ) -> Any:
        """Send bytes."""
        usual = {"Upload-Offset": str(offset), "Content-Type": kind}
        return self.client.generic(
            "PATCH", url, content, content_type=kind, headers=sent({**usual, **headers})
        )

    def ask(self, method: str, url: str, **headers: Any) -> Any:
        """Send anything else."""
        return self.client.generic(method, url, headers=sent(headers))


def sent(headers: dict[str, Any]) -> dict[str, str]:
    """The headers as they go out, those of the protocol among them; None leaves one out."""
    both = {**TUS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {name: value for name, value in both.items() if value is not None}


def upload_of(url: str) -> Upload:
    """The row behind an address."""
    return Upload.objects.get(pk=url.rsplit("/", 1)[1])


def refused(response: Any, status: int, code: str) -> None:
    """Hold an answer against a refusal of the protocol."""
    assert response.status_code == status
    assert response["Tus-Resumable"] == "1.0.0"
    body = response.json()
    assert body["code"] == code
    assert body["error"]
    assert body["remedy"]

"""What the test client lacks: streamed answers, and uploads whose names it would clean."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import Client

BOUNDARY = "----boundary"
# As browsers write them in a part's header.
ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def body(response: object) -> bytes:
    """All of an answer that is read from a file as it is sent."""
    assert isinstance(response, StreamingHttpResponse)

    @async_to_sync
    async def collect() -> bytes:
        return b"".join([chunk async for chunk in response])

    return collect()


def upload(
    client: Client,
    content: bytes,
    name: str = "clip.mp4",
    *,
    path: str = "/api/upload",
    key: str | None = None,
) -> Any:
    """Send a file as a browser does; `key` goes into the header `Idempotency-Key`."""
    header = f'Content-Disposition: form-data; name="video"; filename="{name.translate(ESCAPES)}"'
    lines = [f"--{BOUNDARY}", header, "Content-Type: video/mp4", "", ""]
    form = "\r\n".join(lines).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    headers = {} if key is None else {"idempotency-key": key}
    return client.post(path, form, content_type=content_type, headers=headers)

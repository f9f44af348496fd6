"""Files over HTTP in constant memory under any ASGI server: ranges, validators, safe headers."""

from __future__ import annotations

import asyncio
import enum
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.encoding import escape_uri_path
from django.utils.http import http_date

from videos.core.filenames import content_disposition
from videos.http.ranges import ByteRange, Unsatisfiable, parse_range

CHUNK_BYTES = 256 * 1024
CACHE_CONTROL = "private, no-cache"
OPEN_RANGE_BYTES = 8 * 1024 * 1024
"""The most that a player gets when it asks for all the rest: it often stops reading, and a browser
has only six connections to a host."""
PLAYERS = ("video", "audio")
MEDIA_TYPES = ("video/", "audio/", "image/")


class Proxy(enum.StrEnum):
    """A proxy that sends a file by its path, which is given in a header."""

    NGINX = "nginx"
    """`X-Accel-Redirect: /_library/...`, an internal location over the library's folder
    (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ignore_headers)."""
    APACHE = "apache"
    """`X-Sendfile: /whole/path`, as Apache's mod_xsendfile and lighttpd read it."""


class Content(Protocol):
    """A file that can be read from any byte on."""

    def seek(self, offset: int, /) -> object:
        """Go on at that byte."""
        ...

    def read(self, size: int, /) -> bytes:
        """So many bytes more, fewer only at its end."""
        ...

    def close(self) -> None:
        """Free what it occupies."""
        ...


class FilePart:
    """A part of an open file as an asynchronous iterable of chunks, read in threads.

    The file is closed at the end, when the iteration is given up, or by Django's `close`.
    """

    def __init__(self, file: Content, start: int, length: int) -> None:
        self._file = file
        self._start = start
        self._left = length

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        try:
            await asyncio.to_thread(self._file.seek, self._start)
            while self._left > 0:
                chunk = await asyncio.to_thread(self._file.read, min(CHUNK_BYTES, self._left))
                if not chunk:
                    raise OSError("The file became shorter while it was sent.")
                self._left -= len(chunk)
                yield chunk
        finally:
            self.close()

    def close(self) -> None:
        """Close the file; waits for a read under way (at most one chunk)."""
        self._file.close()


async def serve_file(
    request: HttpRequest, path: Path, *, name: str, content_type: str, inline: bool
) -> HttpResponseBase:
    """The file at `path`, or the part that the request's Range asks for.

    `name` is what a browser saves it as; `inline` lets it be shown instead. Http404 if it is gone.
    """
    if settings.VREWCRAFT_SENDFILE:
        return _by_proxy(path, name, content_type, inline=inline)
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404(path.name) from error
    response = _answer(request, file)
    response["Content-Type"] = content_type
    if response.status_code in (200, 206):
        response["Content-Disposition"] = content_disposition(name, inline=inline)
    _guard(response, content_type, inline=inline)
    return response


def _by_proxy(path: Path, name: str, content_type: str, *, inline: bool) -> HttpResponse:
    """Who may have it is decided here; ranges, validators and bytes are the proxy's part."""
    response = HttpResponse(content_type=content_type)
    if Proxy(settings.VREWCRAFT_SENDFILE) is Proxy.NGINX:
        inside = path.relative_to(Path(settings.VREWCRAFT_DATA_DIR) / "library")
        response["X-Accel-Redirect"] = escape_uri_path(f"/_library/{inside}")
    else:
        response["X-Sendfile"] = str(path)
    response["Content-Disposition"] = content_disposition(name, inline=inline)
    response["Cache-Control"] = CACHE_CONTROL
    response["X-Content-Type-Options"] = "nosniff"
    _guard(response, content_type, inline=inline)
    return response


def _guard(response: HttpResponseBase, content_type: str, *, inline: bool) -> None:
    """What is shown and is no picture, film or sound may do nothing."""
    if inline and not is_media(content_type):
        response["Content-Security-Policy"] = "sandbox"


def _answer(request: HttpRequest, file: BinaryIO) -> HttpResponseBase:
    status = os.fstat(file.fileno())
    etag = f'"{status.st_size:x}-{status.st_mtime_ns:x}"'
    return serve_content(request, file, status.st_size, etag, int(status.st_mtime))


def serve_content(
    request: HttpRequest, file: Content, size: int, etag: str, modified: int | None = None
) -> HttpResponseBase:
    """The content of that many bytes, or the part that the request's Range asks for.

    `modified` is when it was, in seconds since 1970, where that is known.
    """
    validators = _validators(etag, modified)
    bare = HttpResponse(headers=validators)
    conditional = get_conditional_response(request, etag, modified, bare)
    if conditional is not None and conditional is not bare:
        file.close()
        return conditional
    try:
        part = _wanted(request, validators, size)
    except Unsatisfiable:
        file.close()
        headers = validators | {"Content-Range": f"bytes */{size}"}
        return HttpResponse(status=416, headers=headers)
    return _body(request, file, part, size, validators)


def _validators(etag: str, modified: int | None) -> dict[str, str]:
    dated = {} if modified is None else {"Last-Modified": http_date(modified)}
    return {
        "ETag": etag,
        **dated,
        "Accept-Ranges": "bytes",
        "Cache-Control": CACHE_CONTROL,
        "X-Content-Type-Options": "nosniff",
    }


def _wanted(request: HttpRequest, validators: dict[str, str], size: int) -> ByteRange | None:
    header = request.headers.get("Range")
    condition = request.headers.get("If-Range")
    if header is None or request.method != "GET":
        return None
    if condition is not None and condition.strip() not in (
        validators["ETag"],
        validators.get("Last-Modified"),
    ):
        return None
    part = parse_range(header, size)
    if part and part.open_ended and request.headers.get("Sec-Fetch-Dest") in PLAYERS:
        return part.capped(OPEN_RANGE_BYTES)
    return part


def _body(
    request: HttpRequest,
    file: Content,
    part: ByteRange | None,
    size: int,
    headers: dict[str, str],
) -> HttpResponseBase:
    length = part.length if part else size
    headers = headers | {"Content-Length": str(length)}
    if part:
        headers["Content-Range"] = part.content_range(size)
    if request.method == "HEAD":
        file.close()
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(
        FilePart(file, part.start if part else 0, length),
        status=206 if part else 200,
        headers=headers,
    )


def is_media(content_type: str) -> bool:
    """Whether it is shown, and never run, whatever is in it."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith(MEDIA_TYPES) and kind != "image/svg+xml"

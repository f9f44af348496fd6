"""How a file of the library reaches a browser: from the disk, by a link of its own, or through us.

What a page's own scripts read comes through us: to them a remote store is a stranger's site
(https://developer.mozilla.org/docs/Web/HTTP/CORS).
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from videos.core.errors import AppError
from videos.core.filenames import content_disposition
from videos.http.error_responses import reply
from videos.http.file_response import is_media, serve_content, serve_file
from videos.storage import registry
from videos.storage.base import FileStore, Link, Readable, StorageDown


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the user may download. `small`: pages show it, and it fits in memory."""

    key: str
    name: str
    media_type: str
    inline: bool
    small: bool = False


async def serve_stored(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """The answer: 503 `storage_down` where the store does not answer. Raises Http404."""
    store = registry.store()
    if store.is_instant:
        return await serve_file(
            request,
            store.local_path(file.key),
            name=file.name,
            content_type=file.media_type,
            inline=file.inline,
        )
    try:
        return await asyncio.to_thread(_fetched, store, request, file)
    except AppError as error:
        return reply(request, error)


def _fetched(store: FileStore, request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """Of a file that is elsewhere. Raises Http404, and AppError 503 `storage_down`."""
    try:
        size = store.size(file.key)
        if request.method == "HEAD":
            return _described(file, size)
        if file.small:
            return _through_us(store, request, file)
        url = store.url(file.key, _link(file))
    except FileNotFoundError:
        raise Http404(file.name) from None
    except StorageDown as error:
        raise AppError("storage_down", 503) from error
    if url is None:
        return _streamed(store, request, file, size)
    return HttpResponseRedirect(url, headers={"Cache-Control": "no-store"})


def _described(file: StoredFile, size: int) -> HttpResponse:
    """A link is good for GET only, so a HEAD is answered here."""
    return HttpResponse(headers=_headers(file) | {"Content-Length": str(size)})


def _through_us(store: FileStore, request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    etag = _etag(file)
    fresh = get_conditional_response(request, etag=etag)
    answer = fresh or HttpResponse(store.read(file.key), headers=_headers(file))
    answer["ETag"] = etag
    return answer


def _link(file: StoredFile) -> Link:
    return Link(
        name=file.name,
        media_type=file.media_type,
        inline=file.inline and is_media(file.media_type),
        seconds=settings.VREWCRAFT_LINK_SECONDS,
    )


def _streamed(
    store: FileStore, request: HttpRequest, file: StoredFile, size: int
) -> HttpResponseBase:
    answer = serve_content(request, _Streamed(store, file.key), size, _etag(file))
    if answer.status_code in (200, 206):
        for name, value in _headers(file).items():
            answer[name] = value
    return answer


class _Streamed:
    """A stored file as one that is opened where it is read from."""

    def __init__(self, store: FileStore, key: str) -> None:
        self._store, self._key = store, key
        self._opened = ExitStack()
        self._body: Readable | None = None

    def seek(self, offset: int, /) -> None:
        """Open it there."""
        self._body = self._opened.enter_context(self._store.open(self._key, offset))

    def read(self, size: int, /) -> bytes:
        """From where it was opened on."""
        return self._body.read(size) if self._body else b""

    def close(self) -> None:
        """Give the store's answer up."""
        self._opened.close()


def _etag(file: StoredFile) -> str:
    """What lies under a key never changes."""
    return f'"{file.key}"'


def _headers(file: StoredFile) -> dict[str, str]:
    headers = {
        "Content-Type": file.media_type,
        "Content-Disposition": content_disposition(file.name, inline=file.inline),
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "none" if file.small else "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if file.inline and not is_media(file.media_type):
        headers["Content-Security-Policy"] = "sandbox"
    return headers

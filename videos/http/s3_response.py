"""How a file of a bucket reaches a browser: by a link of its own, or through us where it is small.

What a page's own scripts read comes through us: to them a bucket is a stranger's site
(https://developer.mozilla.org/docs/Web/HTTP/CORS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from videos.core.errors import Refusal
from videos.core.filenames import content_disposition
from videos.http.file_response import is_media
from videos.storage.base import StorageDown

if TYPE_CHECKING:
    from videos.storage.s3 import Bucket


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that somebody may have. `small`: pages show it, and it fits in memory."""

    key: str
    name: str
    media_type: str
    inline: bool
    small: bool = False


def hand(bucket: Bucket, request: HttpRequest, file: Handed) -> HttpResponseBase:
    """The answer. Raises Http404, and Refusal 503 `storage_down`."""
    try:
        size = bucket.size(file.key)
        if request.method == "HEAD":
            return _described(file, size)
        return _through_us(bucket, request, file) if file.small else _elsewhere(bucket, file)
    except FileNotFoundError:
        raise Http404(file.name) from None
    except StorageDown as error:
        raise Refusal("storage_down", 503) from error


def _described(file: Handed, size: int) -> HttpResponse:
    """A link is good for GET only, so a HEAD is answered here."""
    return HttpResponse(headers=_headers(file) | {"Content-Length": str(size)})


def _through_us(bucket: Bucket, request: HttpRequest, file: Handed) -> HttpResponseBase:
    etag = f'"{file.key}"'  # what lies under a key never changes
    fresh = get_conditional_response(request, etag=etag)
    answer = fresh or HttpResponse(bucket.read(file.key), headers=_headers(file))
    answer["ETag"] = etag
    return answer


def _elsewhere(bucket: Bucket, file: Handed) -> HttpResponse:
    url = bucket.link(
        file.key,
        seconds=settings.VREWCRAFT_LINK_SECONDS,
        name=file.name,
        media_type=file.media_type,
        inline=file.inline and is_media(file.media_type),
    )
    return HttpResponseRedirect(url, headers={"Cache-Control": "no-store"})


def _headers(file: Handed) -> dict[str, str]:
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

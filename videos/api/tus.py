"""Resumable uploads at /api/uploads/: tus 1.0.0 (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from videos.api import tus_headers
from videos.core.body_limits import MIB, accepts_body
from videos.core.errors import Refusal
from videos.core.formatting import readable_size
from videos.http.error_responses import refused
from videos.models import ExpiredUpload, Upload, Video
from videos.models.lookup import one
from videos.services.uploads import service
from videos.services.uploads.part_file import Content
from videos.storage.base import StorageDown

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

CONTENT_TYPE = "application/offset+octet-stream"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration"
# What is sent in one request is lost whole where the line breaks, so it is not much.
CHUNK_BYTES = 9 * MIB
# By either method: X-HTTP-Method-Override names another one than the request line does.
CHUNK_METHODS = ("POST", "PATCH")


def tus(view: View[P]) -> View[P]:
    """Decorate a tus view: who asks, which version, which method; the headers of every answer."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def outer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request.method = request.headers.get("X-HTTP-Method-Override", request.method or "").upper()
        response: HttpResponseBase
        try:
            response = _answer(request) or protected(request, *args, **kwargs)
        except Refusal as refusal:
            response = refused(refusal)
        except StorageDown:
            response = refused(Refusal("storage_down", 503))
        response["Tus-Resumable"] = tus_headers.VERSION
        response["Cache-Control"] = "no-store"
        if response.status_code == 412:
            response["Tus-Version"] = tus_headers.VERSION
        return response

    return outer


def _answer(request: HttpRequest) -> HttpResponse | None:
    """What can be answered whatever the address is."""
    if request.method == "OPTIONS":
        return _capabilities()
    if not request.user.is_authenticated:
        raise Refusal("unauthorised", 401)
    if request.headers.get("Tus-Resumable") != tus_headers.VERSION:
        raise Refusal("wrong_tus_version", 412, version=tus_headers.VERSION)
    return None


def _capabilities() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Tus-Version": tus_headers.VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(service.limit()),
            "Tus-Checksum-Algorithm": ",".join(tus_headers.ALGORITHMS),
        },
    )


@accepts_body("tus_uploads", CHUNK_BYTES, methods=CHUNK_METHODS)
@tus
def uploads(request: HttpRequest) -> HttpResponseBase:
    """POST: begin an upload, perhaps with its first bytes."""
    if request.method != "POST":
        raise Refusal("method_not_allowed", 405, allowed="OPTIONS, POST")
    length = _declared_length(request)
    sent = request.headers.get("Upload-Metadata", "")
    named = tus_headers.metadata(sent)
    content = _content(request) if request.content_type == CONTENT_TYPE else None
    if content and length is not None and content.size > length:
        raise Refusal("past_the_length", 413, length=length)
    upload = service.create(request.user, length, name=named.get("filename", ""), metadata=sent)
    if content and content.size:
        # The upload stands all the same; the client sees where, and hears why when it goes on.
        with suppress(Refusal):
            service.append(upload, 0, content)
    response = _standing(upload, 201)
    response["Location"] = reverse("tus_upload", args=[upload.pk])
    return response


def _declared_length(request: HttpRequest) -> int | None:
    """The length of a new upload; None where it will be said later. Raises Refusal 400."""
    length = tus_headers.number(request.headers.get("Upload-Length"))
    deferred = request.headers.get("Upload-Defer-Length")
    if deferred is None and length is not None:
        return length
    if deferred == "1" and "Upload-Length" not in request.headers:
        return None
    raise Refusal("wrong_length", 400)


@accepts_body("tus_upload", CHUNK_BYTES, methods=CHUNK_METHODS)
@tus
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponseBase:
    """HEAD: where it stands. PATCH: go on. DELETE: give it up."""
    found = _find(request, upload_id)
    if request.method == "HEAD":
        return _head(found)
    if request.method == "PATCH":
        return _patch(request, found)
    if request.method == "DELETE":
        service.terminate(found)
        return HttpResponse(status=204)
    raise Refusal("method_not_allowed", 405, allowed="OPTIONS, HEAD, PATCH, DELETE")


def _find(request: HttpRequest, upload_id: UUID) -> Upload:
    """The person's own upload. Raises Refusal 404, or 410 where it has expired."""
    mine = Upload.objects.filter(
        video__in=Video.objects.for_user(request.user), method=Upload.Method.TUS
    )
    try:
        found = one(mine.select_related("video").defer("video__probe"), upload_id)
    except Refusal:
        if ExpiredUpload.objects.filter(pk=upload_id, owner=request.user.pk).exists():
            raise Refusal("upload_expired", 410) from None
        raise Refusal("no_such_upload", 404) from None
    if found.is_under_way and not service.is_here(found):
        raise Refusal("upload_elsewhere", 503)
    if found.is_under_way and found.received == found.length:
        service.finish(found)
    if _has_expired(found):
        raise Refusal("upload_expired", 410)
    return found


def _has_expired(found: Upload) -> bool:
    waits = found.is_under_way and not found.is_being_stored
    return bool(waits and found.expires_at and found.expires_at < timezone.now())


def _head(found: Upload) -> HttpResponse:
    service.settle(found)
    response = _standing(found, 200)
    if found.length is None:
        response["Upload-Defer-Length"] = "1"
    else:
        response["Upload-Length"] = str(found.length)
    if found.metadata:
        response["Upload-Metadata"] = found.metadata
    return response


def _patch(request: HttpRequest, found: Upload) -> HttpResponse:
    if request.content_type != CONTENT_TYPE:
        raise Refusal("wrong_content_type", 415, expected=CONTENT_TYPE)
    offset = tus_headers.number(request.headers.get("Upload-Offset"))
    if offset is None:
        raise Refusal("wrong_offset", 400, offset=found.received)
    length = tus_headers.number(request.headers.get("Upload-Length"))
    if length is None and "Upload-Length" in request.headers:
        raise Refusal("wrong_length", 400)
    service.append(found, offset, _content(request), length)
    return _standing(found, 204)


def _content(request: HttpRequest) -> Content:
    """The request's bytes, whole and unchanged. Raises Refusal 413, 400 or 460."""
    wanted = tus_headers.checksum(request.headers.get("Upload-Checksum"))
    content = _body(request)
    if content.size > CHUNK_BYTES:
        raise Refusal("too_large", 413, limit=readable_size(CHUNK_BYTES))
    if wanted and not wanted.fits(content.pieces()):
        raise Refusal("wrong_checksum", 460)
    return content


def _body(request: HttpRequest) -> Content:
    """The body's own file, in which every server of ours has spooled it; else a copy in memory."""
    file = getattr(request, "_stream", None)
    if file is None or not file.seekable():
        file = io.BytesIO(request.read(CHUNK_BYTES + 1))
    return Content(file, file.seek(0, io.SEEK_END))


def _standing(found: Upload, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"] = str(found.received)
    response["Video-Id"] = str(found.video_id)
    if found.is_under_way and found.expires_at:
        response["Upload-Expires"] = http_date(found.expires_at.timestamp())
    return response

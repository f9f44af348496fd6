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
from videos.core.errors import AppError
from videos.core.formatting import readable_size
from videos.http.error_responses import error_response
from videos.models import ExpiredUpload, Upload
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
        except AppError as error:
            response = error_response(error)
        except StorageDown:
            response = error_response(AppError("storage_down", 503))
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
        raise AppError("unauthorised", 401)
    if request.headers.get("Tus-Resumable") != tus_headers.VERSION:
        raise AppError("wrong_tus_version", 412, version=tus_headers.VERSION)
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
        raise AppError("method_not_allowed", 405, allowed="OPTIONS, POST")
    length = _declared_length(request)
    header = request.headers.get("Upload-Metadata", "")
    named = tus_headers.metadata(header)
    content = _content(request) if request.content_type == CONTENT_TYPE else None
    if content and length is not None and content.size > length:
        raise AppError("past_the_length", 413, length=length)
    upload = service.create(request.user, length, name=named.get("filename", ""), metadata=header)
    if content and content.size:
        # The upload stands all the same; the client sees where, and gets the reason when it
        # continues.
        with suppress(AppError):
            service.append(upload, 0, content)
    response = _standing(upload, 201)
    response["Location"] = reverse("tus_upload", args=[upload.pk])
    return response


def _declared_length(request: HttpRequest) -> int | None:
    """The length of a new upload; None where it is deferred. Raises AppError 400."""
    length = tus_headers.number(request.headers.get("Upload-Length"))
    deferred = request.headers.get("Upload-Defer-Length")
    if deferred is None and length is not None:
        return length
    if deferred == "1" and "Upload-Length" not in request.headers:
        return None
    raise AppError("wrong_length", 400)


@accepts_body("tus_upload", CHUNK_BYTES, methods=CHUNK_METHODS)
@tus
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponseBase:
    """HEAD: its offset. PATCH: continue. DELETE: abort it."""
    row = _find(request, upload_id)
    if request.method == "HEAD":
        return _head(row)
    if request.method == "PATCH":
        return _patch(request, row)
    if request.method == "DELETE":
        service.terminate(row)
        return HttpResponse(status=204)
    raise AppError("method_not_allowed", 405, allowed="OPTIONS, HEAD, PATCH, DELETE")


def _find(request: HttpRequest, upload_id: UUID) -> Upload:
    """The user's own upload. Raises AppError 404, or 410 where it has expired."""
    mine = Upload.objects.for_user(request.user).select_related("video").defer("video__probe")
    try:
        row = mine.get(pk=upload_id, method=Upload.Method.TUS)
    except Upload.DoesNotExist:
        if ExpiredUpload.objects.filter(pk=upload_id, owner=request.user.pk).exists():
            raise AppError("upload_expired", 410) from None
        raise AppError("no_such_upload", 404) from None
    if row.is_under_way and not service.is_here(row):
        raise AppError("upload_elsewhere", 503)
    if row.is_under_way and row.received == row.length:
        service.finish(row)
    if _has_expired(row):
        raise AppError("upload_expired", 410)
    return row


def _has_expired(upload: Upload) -> bool:
    waits = upload.is_under_way and not upload.is_being_stored
    return bool(waits and upload.expires_at and upload.expires_at < timezone.now())


def _head(upload: Upload) -> HttpResponse:
    service.settle(upload)
    response = _standing(upload, 200)
    if upload.length is None:
        response["Upload-Defer-Length"] = "1"
    else:
        response["Upload-Length"] = str(upload.length)
    if upload.metadata:
        response["Upload-Metadata"] = upload.metadata
    return response


def _patch(request: HttpRequest, row: Upload) -> HttpResponse:
    if request.content_type != CONTENT_TYPE:
        raise AppError("wrong_content_type", 415, expected=CONTENT_TYPE)
    offset = tus_headers.number(request.headers.get("Upload-Offset"))
    if offset is None:
        raise AppError("wrong_offset", 400, offset=row.received)
    length = tus_headers.number(request.headers.get("Upload-Length"))
    if length is None and "Upload-Length" in request.headers:
        raise AppError("wrong_length", 400)
    service.append(row, offset, _content(request), length)
    return _standing(row, 204)


def _content(request: HttpRequest) -> Content:
    """The request's bytes, whole and unchanged. Raises AppError 413, 400 or 460."""
    expected = tus_headers.checksum(request.headers.get("Upload-Checksum"))
    content = _body(request)
    if content.size > CHUNK_BYTES:
        raise AppError("too_large", 413, limit=readable_size(CHUNK_BYTES))
    if expected and not expected.fits(content.pieces()):
        raise AppError("wrong_checksum", 460)
    return content


def _body(request: HttpRequest) -> Content:
    """The body's own file, in which every server of ours has spooled it; else a copy in memory."""
    file = getattr(request, "_stream", None)
    if file is None or not file.seekable():
        file = io.BytesIO(request.read(CHUNK_BYTES + 1))
    return Content(file, file.seek(0, io.SEEK_END))


def _standing(upload: Upload, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"] = str(upload.received)
    response["Video-Id"] = str(upload.video_id)
    if upload.is_under_way and upload.expires_at:
        response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response

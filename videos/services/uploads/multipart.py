"""Ordinary form uploads: the field `video`, written straight to the disk that the library is on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import IO, Any, Concatenate, ParamSpec
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from videos.core.body_limits import MULTIPART_SLACK
from videos.core.errors import AppError
from videos.core.formatting import readable_size
from videos.storage import inbox
from videos.storage.inbox import disk_full_error

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

FIELD = "video"
CONTENT_TYPE = "multipart/form-data"
CHUNK_BYTES = 256 * 1024
# What browsers write for the three characters that would end a part's header
# (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data).
ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived whole and is safely on the disk.

    The caller moves it away before the request ends: what still lies there is then deleted.
    """

    path: Path
    name: str
    """The name as the client sent it: not safe to show or to use as a path."""
    bytes: int


class ToDisk(FileUploadHandler):
    """Writes the first file of the field `video` to `folder`; drops every other file.

    An error is kept until `received` is called, so that the rest of the form (its CSRF token) is
    read.
    """

    chunk_size = CHUNK_BYTES

    def __init__(self, request: HttpRequest, folder: Path, limit: int) -> None:
        super().__init__(request)
        self._limit = limit
        self._path = folder / f"{uuid4()}.part"
        self._out: IO[bytes] | None = None
        self._name = ""
        self._bytes = 0
        self._complete = False
        self._form_error: AppError | None = None

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin the field's file."""
        super().new_file(field_name, file_name, *args, **kwargs)
        if field_name != FIELD or self._name:
            raise SkipFile
        self._name = _unescaped(file_name)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._out = self._path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece; after an error the pieces are dropped."""
        if self._form_error is not None or self._out is None:
            return
        self._bytes = start + len(raw_data)
        if self._bytes > self._limit:
            self._refuse(AppError("too_large", 413, limit=readable_size(self._limit)))
            return
        try:
            with disk_full_error():
                self._out.write(raw_data)
        except AppError as error:
            self._refuse(error)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Make the file durable. It is no Django file: `received` hands it out."""
        if self._out is not None and self._form_error is None:
            try:
                with disk_full_error():
                    self._out.flush()
                    os.fsync(self._out.fileno())
            except AppError as error:
                self._refuse(error)
            else:
                self._out.close()
                self._complete = True
        return None

    def received(self) -> Received:
        """The file that arrived. Raises AppError."""
        if self._form_error is not None:
            raise self._form_error
        if not self._name:
            raise AppError("missing_field", 422, fields={FIELD: "required"})
        if not self._complete:
            raise AppError("bad_upload")
        return Received(self._path, self._name, self._bytes)

    def discard(self) -> None:
        """Delete the file unless somebody moved it away."""
        if self._out is not None:
            self._out.close()
        self._path.unlink(missing_ok=True)

    def _refuse(self, error: AppError) -> None:
        self._form_error = error
        self.discard()


def whole_form() -> int:
    """How many bytes a form with the largest video may have."""
    return int(settings.VREWCRAFT_UPLOAD_LIMIT) + MULTIPART_SLACK


def streaming_upload(view: View[P]) -> View[P]:
    """Decorate a synchronous view that calls `receive`: its upload goes straight to the disk.

    The view is CSRF-protected; the check parses the form, so the handler is installed before it
    (https://docs.djangoproject.com/en/5.2/topics/http/file-uploads/#modifying-upload-handlers-on-the-fly).
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def outer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        handler = ToDisk(request, inbox.folder(), settings.VREWCRAFT_UPLOAD_LIMIT)
        request.upload_handlers = [handler]
        _state_length(request)
        try:
            with _well_formed():
                return protected(request, *args, **kwargs)
        finally:
            handler.discard()

    return outer


def receive(request: HttpRequest) -> Received:
    """The uploaded video of a request whose view is decorated with `streaming_upload`.

    Raises AppError: 413 too_large, 415 wrong_content_type, 422 missing_field, 507 disk_full,
    400 bad_upload (the form is malformed or ends in mid-file).
    """
    if request.content_type != CONTENT_TYPE:
        raise AppError("wrong_content_type", 415, expected=CONTENT_TYPE)
    with _well_formed():
        _ = request.FILES  # Reading it parses the form, unless the CSRF check has.
    handler = next(each for each in request.upload_handlers if isinstance(each, ToDisk))
    return handler.received()


@contextmanager
def _well_formed() -> Iterator[None]:
    try:
        yield
    except MultiPartParserError as error:
        raise AppError("bad_upload") from error


def _state_length(request: HttpRequest) -> None:
    """Django takes a form without Content-Length (sent in chunks) for empty; say its size."""
    stream = getattr(request, "_stream", None)
    if request.META.get("CONTENT_LENGTH") or stream is None or not stream.seekable():
        return
    request.META["CONTENT_LENGTH"] = str(stream.seek(0, os.SEEK_END))
    stream.seek(0)


def _unescaped(name: str) -> str:
    for escape, character in ESCAPES.items():
        name = name.replace(escape, character)
    return name

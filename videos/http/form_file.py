"""A subtitle file that a form sends."""

from __future__ import annotations

from django.http import HttpRequest

from videos.core.body_limits import MIB
from videos.core.errors import AppError
from videos.media.subtitles.reading import MAX_BYTES, MAX_MIB

FIELD = "subtitles"
BODY_BYTES = 5 * MIB
"""With the lines of its form a file of MOST_BYTES is smaller."""


def subtitle_file(request: HttpRequest) -> tuple[bytes, str]:
    """The bytes and the name of the file that a form sent. Raises AppError 413, 415 or 422."""
    if request.content_type != "multipart/form-data":
        raise AppError("wrong_content_type", 415, expected="multipart/form-data")
    uploaded = request.FILES.get(FIELD)
    if uploaded is None:
        raise AppError("missing_subtitles", 422, fields={FIELD: "required"})
    raw: bytes = uploaded.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise AppError("subtitles_too_large", 413, limit=MAX_MIB)
    return raw, uploaded.name or ""

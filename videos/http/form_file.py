"""A subtitle file that a form sends."""

from __future__ import annotations

from django.http import HttpRequest

from videos.core.body_limits import MIB
from videos.core.errors import Refusal
from videos.media.subtitles.reading import MOST_BYTES, MOST_MIB

FIELD = "subtitles"
BODY_BYTES = 5 * MIB
"""With the lines of its form a file of MOST_BYTES is smaller."""


def subtitle_file(request: HttpRequest) -> tuple[bytes, str]:
    """The bytes and the name of the file that a form sent. Raises Refusal 413, 415 or 422."""
    if request.content_type != "multipart/form-data":
        raise Refusal("wrong_content_type", 415, expected="multipart/form-data")
    sent = request.FILES.get(FIELD)
    if sent is None:
        raise Refusal("missing_subtitles", 422, fields={FIELD: "required"})
    raw: bytes = sent.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refusal("subtitles_too_large", 413, limit=MOST_MIB)
    return raw, sent.name or ""

"""Subtitle files of a video: kept as they came, and beside them as the player wants them."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now

from videos.core import languages
from videos.core.errors import AppError
from videos.core.filenames import clean_name
from videos.media.subtitles import glyphs, reading, writing
from videos.media.subtitles.cues import Subtitles
from videos.media.subtitles.decoding import ENCODINGS
from videos.media.subtitles.errors import SubtitleError, SubtitlesTooLarge
from videos.models import SubtitleFile, Video
from videos.models.lookup import one
from videos.models.video import Viewer
from videos.storage import keys, registry
from videos.storage.inbox import disk_full_error
from videos.storage.publishing import publish_bytes

MAX_FILES = 32
SHOWN_CUES = 3


def attach(
    video: Video, raw: bytes, name: str, *, encoding: str | None = None, language: str | None = None
) -> SubtitleFile:
    """Keep a subtitle file with its video. Raises AppError 422 where it cannot be read.

    409 `too_many_subtitles` where the video has 32 already, 413 `subtitles_too_large`.
    """
    if video.subtitles.filter(deleted_at__isnull=True).count() >= MAX_FILES:
        raise AppError("too_many_subtitles", 409, limit=MAX_FILES)
    name = clean_name(name)
    parsed = _read(raw, name, encoding)
    file = SubtitleFile(id=uuid4(), video=video, name=name, bytes=len(raw), **_described(parsed))
    file.sha256 = hashlib.sha256(raw).hexdigest()
    file.key = f"subtitles/{file.pk}/source"
    file.encoding_chosen = encoding is not None
    file.language = _language(language) if language else languages.guess(name, parsed.text)
    with ExitStack() as undo, disk_full_error():
        undo.callback(registry.store().delete_prefix, keys.subtitles_prefix(file.pk))
        publish_bytes(raw, file.key)
        _keep_track(file, parsed)
        with transaction.atomic():
            file.save(force_insert=True)
            video.changed()
        undo.pop_all()
    return file


def change(
    file: SubtitleFile, *, encoding: str | None = None, language: str | None = None
) -> SubtitleFile:
    """Read it by another encoding, or mark it as another language.

    Raises AppError 422 for what cannot be chosen, 404 where it has been deleted meanwhile.
    """
    changes: dict[str, Any] = {"language": _language(language)} if language is not None else {}
    parsed = _read(_bytes(file), file.name, encoding) if encoding is not None else None
    if parsed:
        changes |= {**_described(parsed), "encoding_chosen": True}
    if changes:
        with transaction.atomic(), disk_full_error():
            rows = SubtitleFile.objects.filter(pk=file.pk, deleted_at__isnull=True)
            if not rows.update(**changes):
                raise AppError("not_found", 404)
            file.refresh_from_db()
            if parsed:
                _keep_track(file, parsed)
            file.video.changed()
    return file


def find(user: Viewer, file_id: str) -> SubtitleFile:
    """The user's own subtitle file. Raises AppError 404."""
    return one(SubtitleFile.objects.for_user(user).select_related("video"), file_id)


@transaction.atomic
def delete(file: SubtitleFile) -> None:
    """Hide it; edits that wait for it will end with that reason."""
    SubtitleFile.objects.filter(pk=file.pk).update(deleted_at=Now())
    file.refresh_from_db(fields=["deleted_at"])
    file.video.changed()


@transaction.atomic
def restore(user: Viewer, file_id: str) -> SubtitleFile:
    """Undo its deletion. Raises AppError 404 once it is removed."""
    mine = SubtitleFile.objects.owned_by(user).filter(video__deleted_at__isnull=True)
    file = one(mine.select_for_update(of=("self",)), file_id)
    SubtitleFile.objects.filter(pk=file.pk).update(deleted_at=None)
    file.deleted_at = None
    file.video.changed()
    return file


def track(file: SubtitleFile) -> bytes:
    """The file as WebVTT, for a browser's player. Raises AppError 404 where it is gone."""
    try:
        return registry.store().read(file.track_key)
    except FileNotFoundError:
        raise AppError("not_found", 404) from None


def rebuild_track(file: SubtitleFile) -> bool:
    """Make its WebVTT anew, as it was read; whether that was possible."""
    try:
        parsed = _read(_bytes(file), file.name, file.encoding)
    except AppError:
        return False
    _keep_track(file, parsed)
    return True


def _keep_track(file: SubtitleFile, parsed: Subtitles) -> None:
    """Written once: a long file takes seconds to read."""
    publish_bytes(writing.webvtt(parsed.cues).encode(), file.track_key)


def _bytes(file: SubtitleFile) -> bytes:
    try:
        return registry.store().read(file.key)
    except FileNotFoundError:
        raise AppError("not_found", 404) from None


def _read(raw: bytes, name: str, encoding: str | None) -> Subtitles:
    if encoding is not None and encoding not in dict(ENCODINGS):
        raise AppError(
            "invalid",
            422,
            fields={"encoding": "not_a_choice"},
            choices=", ".join(codec for codec, _name in ENCODINGS),
        )
    try:
        return reading.read(raw, name=name, encoding=encoding)
    except SubtitleError as error:
        status = 413 if isinstance(error, SubtitlesTooLarge) else 422
        values: dict[str, Any] = dict(error.args)
        raise AppError(error.code, status, **values) from error


def _described(parsed: Subtitles) -> dict[str, Any]:
    return {
        "format": parsed.format,
        "encoding": parsed.encoding,
        "cues": len(parsed.cues),
        "missing": glyphs.missing(parsed.text),
        "preview": [
            {"start": cue.start_ms / 1000, "end": cue.end_ms / 1000, "text": cue.plain}
            for cue in parsed.cues[:SHOWN_CUES]
        ],
    }


def _language(code: str) -> str:
    if not languages.is_known(code):
        choices = ", ".join([languages.UNKNOWN, *languages.CODES.values()])
        raise AppError("invalid", 422, fields={"language": "not_a_choice"}, choices=choices)
    return code

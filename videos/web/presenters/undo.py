"""What was deleted a moment ago, and the offer to undo that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from videos.core.errors import AppError
from videos.models import Output, SubtitleFile, Video
from videos.models.lookup import one
from videos.models.video import Viewer
from videos.serializers.video import undo_seconds


@dataclass(frozen=True, slots=True)
class Undo:
    """What was deleted a moment ago, and for how many seconds that can be undone."""

    kind: str
    id: str
    name: str
    seconds: float
    restore_url: str


def undo_video(user: Viewer, video_id: str) -> Undo | None:
    """The offer to undo a video's deletion, while it stands."""
    return _undo("video", Video.objects.owned_by(user).for_lists(), video_id)


def undo_output(user: Viewer, output_id: str) -> Undo | None:
    """The offer to undo a result's deletion, while it stands."""
    return _undo("output", Output.objects.owned_by(user), output_id)


def undo_subtitle(user: Viewer, file_id: str) -> Undo | None:
    """The offer to undo a subtitle file's deletion, while it stands."""
    return _undo("subtitle", SubtitleFile.objects.owned_by(user), file_id)


def _undo(kind: str, rows: QuerySet[Any], key: str) -> Undo | None:
    try:
        row = one(rows.filter(deleted_at__isnull=False), key) if key else None
    except AppError:
        return None
    if row is None:
        return None
    url = reverse(f"restore_{kind}", args=[row.pk])
    return Undo(kind, str(row.pk), row.name, undo_seconds(row.deleted_at), url)

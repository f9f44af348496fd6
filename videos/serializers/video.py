"""Videos as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from videos.models import Task, Video
from videos.operations.outputs import PEAKS, POSTER, SPRITE, STORYBOARD
from videos.serializers.error import english_error
from videos.serializers.output import derived_urls, output_state, present_outputs, source_url
from videos.serializers.task import task_states


def video_state(video: Video) -> dict[str, Any]:
    """A video without its tasks."""
    broken = bool(video.error_code)
    return {
        "id": str(video.pk),
        "name": video.name,
        "url": reverse("video", args=[video.pk]),
        "state": str(video.state),
        "bytes": video.bytes,
        "duration": video.seconds if video.duration_us else None,
        "width": video.width,
        "height": video.height,
        "warnings": video.warnings,
        "error": english_error(video.error_code, video.error_blanks) if broken else None,
        "sourceUrl": source_url(video) if video.source_key else None,
        "createdAt": video.created_at.isoformat(),
    }


def video_event(video: Video) -> dict[str, Any]:
    """What open pages are told when a video changed; `undoSeconds` while it can be restored."""
    deleted = video.deleted_at is not None
    return {
        **video_state(video),
        "state": "deleted" if deleted else str(video.state),
        "deleted": deleted,
        "undoSeconds": undo_seconds(video.deleted_at) if video.deleted_at else None,
        "seq": video.seq,
    }


def undo_seconds(deleted_at: datetime) -> float:
    """How long a deletion can still be undone, in seconds, as people are promised."""
    age = (timezone.now() - deleted_at).total_seconds()
    return round(max(0.0, settings.VREWCRAFT_UNDO_SECONDS - age), 1)


def video_detail(video: Video) -> dict[str, Any]:
    """A video with its tracks, keyframes (seconds), tasks and outputs."""
    media = video.media
    tasks = Task.objects.filter(video=video).for_lists()
    return {
        **video_state(video),
        "container": media.container if media else None,
        "rotation": media.rotation if media else None,
        "streams": (video.probe or {}).get("streams", []),
        "sha256": video.sha256 or None,
        "sameFile": [_named(other) for other in Video.objects.same_file_as(video)],
        "keyframes": [time_us / 1_000_000 for time_us, _ in media.keyframes] if media else [],
        **_made(video),
        "tasks": task_states(list(tasks)),
        "outputs": [output_state(output) for task in tasks for output in present_outputs(task)],
    }


def _named(video: Video) -> dict[str, Any]:
    return {"id": str(video.pk), "name": video.name, "url": reverse("video", args=[video.pk])}


def _made(video: Video) -> dict[str, Any]:
    urls = derived_urls(video)
    return {
        "posterUrl": urls.get(POSTER.slug),
        "storyboardUrl": urls.get(STORYBOARD.slug),
        "spriteUrl": urls.get(SPRITE.slug),
        "peaksUrl": urls.get(PEAKS.slug),
    }

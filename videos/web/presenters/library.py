"""The library's grid."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from videos.models import Output, Task, Video
from videos.operations.outputs import POSTER
from videos.web.presenters.task import task_rows


@dataclass(frozen=True, slots=True)
class VideoCard:
    """A video in the library's grid."""

    id: str
    name: str
    url: str
    poster_url: str | None
    duration_text: str
    width: int | None
    height: int | None
    state: str
    active: dict[str, Any] | None
    created_at: datetime


def cards(videos: Collection[Video]) -> list[VideoCard]:
    """The library's grid. `videos` come with their tasks and outputs prefetched."""
    active = [task for video in videos for task in _active(video)]
    rows = {row["videoId"]: row for row in task_rows(active)}
    return [_card(video, rows.get(str(video.pk))) for video in videos]


def _active(video: Video) -> list[Task]:
    """The task whose progress its card shows, if there is one."""
    tasks = [task for task in video.tasks.all() if not task.is_terminal]
    return sorted(tasks, key=lambda task: task.housekeeping)[:1]


def _card(video: Video, active: dict[str, Any] | None) -> VideoCard:
    return VideoCard(
        id=str(video.pk),
        name=video.name,
        url=reverse("video", args=[video.pk]),
        poster_url=_poster_url(video.outputs.all()),
        duration_text=video.duration_text,
        width=video.width,
        height=video.height,
        state=video.state,
        active=active,
        created_at=video.created_at,
    )


def _poster_url(outputs: Iterable[Output]) -> str | None:
    posters = (each for each in outputs if each.kind == POSTER.slug)
    return next((each.url for each in posters if each.deleted_at is None), None)

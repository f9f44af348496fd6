"""Recent changes in the database, by any process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from progress.events import (
    Change,
    change_of,
    change_of_upload,
    change_of_video,
    task_subject,
    upload_subject,
    video_subject,
)
from videos.models import Task, Upload, Video

M = TypeVar("M", Task, Upload, Video)


def since(seconds: float, seen: Mapping[str, int]) -> list[Change]:
    """Changes of the last so many seconds whose `seq` is above the one seen of their subject."""
    start = Now() - timedelta(seconds=seconds)

    def new(rows: QuerySet[M], subject: Callable[[M], str]) -> list[UUID]:
        """Their keys. Nearly all were published when they changed, and are not read again."""
        changed = rows.filter(updated_at__gte=start).order_by().only("seq")
        return [row.pk for row in changed if row.seq > seen.get(subject(row), 0)]

    videos = new(Video.objects.all(), video_subject)
    uploads = new(Upload.objects.all(), upload_subject)
    tasks = new(Task.objects.all(), task_subject)
    return [
        *(change_of_video(row) for row in Video.objects.filter(pk__in=videos).for_lists()),
        *(
            change_of_upload(row)
            for row in Upload.objects.filter(pk__in=uploads)
            .select_related("video")
            .defer("video__probe")
        ),
        *(change_of(row) for row in Task.objects.filter(pk__in=tasks).for_lists()),
    ]

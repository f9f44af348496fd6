"""What changed in the database lately, whoever changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

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


def since(seconds: float, seen: Mapping[str, int]) -> list[Change]:
    """Changes of the last so many seconds whose `seq` is above the one seen of their subject."""
    start = Now() - timedelta(seconds=seconds)

    def is_new(subject: str, seq: int) -> bool:
        return seq > seen.get(subject, 0)

    videos = Video.objects.filter(updated_at__gte=start).for_lists()
    uploads = Upload.objects.filter(updated_at__gte=start).select_related("video")
    tasks = Task.objects.filter(updated_at__gte=start).for_lists()
    return [
        *(change_of_video(row) for row in videos if is_new(video_subject(row), row.seq)),
        *(
            change_of_upload(row)
            for row in uploads.defer("video__probe")
            if is_new(upload_subject(row), row.seq)
        ),
        *(change_of(row) for row in tasks if is_new(task_subject(row), row.seq)),
    ]

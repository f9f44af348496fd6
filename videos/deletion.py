"""Deleting with a moment to think: hidden at once, removed with all files a little later."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from videos import files, incoming
from videos.lookup import Row, one
from videos.models import Output, SubtitleFile, Task, Upload, Video
from videos.models import lifecycle as state
from videos.models.task import TERMINAL
from videos.models.video import Viewer
from videos.wire import UNDO_SECONDS

logger = logging.getLogger(__name__)

# An undo that is pressed at the last moment still has its way to go.
KEPT_SECONDS = UNDO_SECONDS + 2.0


def delete_video(video: Video) -> None:
    """Hide a video with all that belongs to it. Its edits go on until it is removed."""
    video.changed(deleted_at=Now())


def restore_video(user: Viewer, video_id: str | UUID) -> Video:
    """Undo the deletion of a video. Raises Refusal 404 once it is removed."""
    with transaction.atomic():
        video = one(_kept(Video.objects.owned_by(user)), video_id)
        if video.deleted_at is not None:
            video.changed(deleted_at=None)
    return video


@transaction.atomic
def delete_output(output: Output) -> None:
    """Hide an output."""
    Output.objects.filter(pk=output.pk).update(deleted_at=Now())
    output.refresh_from_db(fields=["deleted_at"])
    state.outputs_changed(output.task_id)


@transaction.atomic
def restore_output(user: Viewer, output_id: str | UUID) -> Output:
    """Undo the deletion of an output. Raises Refusal 404 once it is removed."""
    mine = Output.objects.owned_by(user).filter(video__deleted_at__isnull=True)
    output = one(_kept(mine), output_id)
    if output.deleted_at is not None:
        Output.objects.filter(pk=output.pk).update(deleted_at=None)
        output.deleted_at = None
        state.outputs_changed(output.task_id)
    return output


def purge() -> int:
    """Remove what was deleted a while ago, files and rows; gives how many things that were.

    A deleted video's open tasks are cancelled first; it goes once the last of them has ended.
    """
    subtitles = SubtitleFile.objects.all()
    return sum(
        [
            *(_purge_video(key) for key in _due(Video.objects.all())),
            *(_purge_file(Output.objects.all(), key) for key in _due(Output.objects.all())),
            *(_purge_file(subtitles, key) for key in _due(subtitles)),
        ]
    )


def _due(rows: models.QuerySet[Any]) -> list[UUID]:
    return list(rows.filter(_is_due()).values_list("pk", flat=True))


def _is_due() -> Q:
    return Q(deleted_at__lt=Now() - timedelta(seconds=KEPT_SECONDS))


def _purge_video(key: UUID) -> bool:
    """Files before the row: what is interrupted is done again, and nothing is left behind."""
    open_tasks = Task.objects.filter(video_id=key).exclude(status__in=TERMINAL)
    for task in open_tasks.all():
        state.cancel(task)
    if open_tasks.exists():
        return False
    with transaction.atomic():
        video = Video.objects.select_for_update().filter(_is_due(), pk=key).first()
        if video is None:
            return False
        _remove_files(video)
        video.delete()
    logger.info("removed a deleted video", extra={"video": key})
    return True


def _remove_files(video: Video) -> None:
    files.remove_source(video.pk)
    for task_id in video.tasks.values_list("pk", flat=True):
        files.remove_outputs(task_id)
    for key in video.subtitles.values_list("key", flat=True):
        files.unpublish(key)
    for upload_id in Upload.objects.filter(video=video).values_list("pk", flat=True):
        incoming.part_path(upload_id).unlink(missing_ok=True)


@transaction.atomic
def _purge_file(rows: models.QuerySet[Any], key: UUID) -> bool:
    row = rows.select_for_update().filter(_is_due(), pk=key).first()
    if row is None:
        return False
    files.unpublish(row.key)
    row.delete()
    return True


def _kept(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """Rows that, once found, are not removed until the transaction ends."""
    return rows.select_for_update(of=("self",))

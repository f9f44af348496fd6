"""Deleting with a moment to think: hidden at once, removed with all files a little later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from videos.models import Output, SubtitleFile, Task, Upload, Video, task_state
from videos.models.lookup import Row, one
from videos.models.task import TERMINAL
from videos.models.video import Viewer
from videos.storage import discarded, inbox, keys, registry, workdir

logger = logging.getLogger(__name__)

# An undo that is pressed at the last moment still has its way to go.
RETENTION_SECONDS = settings.VREWCRAFT_UNDO_SECONDS + 2.0


def delete_video(video: Video) -> None:
    """Hide a video with all that belongs to it. Its edits go on until it is removed."""
    video.changed(deleted_at=Now())


def restore_video(user: Viewer, video_id: str | UUID) -> Video:
    """Undo the deletion of a video. Raises AppError 404 once it is removed."""
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
    task_state.outputs_changed(output.task_id)


@transaction.atomic
def restore_output(user: Viewer, output_id: str | UUID) -> Output:
    """Undo the deletion of an output. Raises AppError 404 once it is removed."""
    mine = Output.objects.owned_by(user).filter(video__deleted_at__isnull=True)
    output = one(_kept(mine), output_id)
    if output.deleted_at is not None:
        Output.objects.filter(pk=output.pk).update(deleted_at=None)
        output.deleted_at = None
        task_state.outputs_changed(output.task_id)
    return output


def purge() -> int:
    """Remove what was deleted a while ago, files and rows; gives how many things that were.

    A deleted video's open tasks are cancelled first; it goes once the last of them has ended.
    """
    outputs, subtitles = Output.objects.all(), SubtitleFile.objects.all()
    removed = sum(
        [
            *(_tried(_purge_video, key) for key in _due(Video.objects.all())),
            *(_tried(_purge_output, key) for key in _due(outputs)),
            *(_tried(_purge_subtitles, key) for key in _due(subtitles)),
        ]
    )
    registry.store().sweep()
    discarded.free_space()
    return removed


def _due(rows: models.QuerySet[Any]) -> list[UUID]:
    return list(rows.filter(_is_due()).values_list("pk", flat=True))


def _is_due() -> Q:
    """Nothing brings it back: nobody restores what is due."""
    return Q(deleted_at__lt=Now() - timedelta(seconds=RETENTION_SECONDS))


def _tried(purge_one: Callable[[UUID], bool], key: UUID) -> bool:
    """One that cannot be removed must not keep the others."""
    try:
        return purge_one(key)
    except OSError:
        logger.exception("removing deleted files failed", extra={"id": str(key)})
        return False


def _purge_video(key: UUID) -> bool:
    with transaction.atomic():  # A restoring that has begun is awaited.
        if _locked(Video.objects.all(), key) is None:
            return False
    open_tasks = Task.objects.filter(video_id=key).exclude(status__in=TERMINAL)
    for task in open_tasks.all():
        task_state.cancel(task)
    if open_tasks.exists():
        return False
    # No transaction waits for the storage. What is due, nobody restores.
    tasks = _task_ids(key)
    _discard_files(key, tasks)
    with transaction.atomic():
        video = _locked(Video.objects.all(), key)
        if video is None or _task_ids(key) != tasks:  # one that came meanwhile may have files
            return False
        video.delete()
    logger.info("removed a deleted video", extra={"video": key})
    return True


def _task_ids(key: UUID) -> set[UUID]:
    return set(Task.objects.filter(video_id=key).values_list("pk", flat=True))


def _discard_files(key: UUID, tasks: set[UUID]) -> None:
    """Before the row: what is interrupted is done again, and nothing is left behind."""
    store = registry.store()
    store.delete_prefix(keys.source_prefix(key))
    for task_id in tasks:
        store.delete_prefix(keys.output_prefix(task_id))
        workdir.discard_work_dirs(task_id)
    for file_id in SubtitleFile.objects.filter(video_id=key).values_list("pk", flat=True):
        store.delete_prefix(keys.subtitles_prefix(file_id))
    for upload_id in Upload.objects.filter(video_id=key).values_list("pk", flat=True):
        discarded.discard(inbox.part_path(upload_id))


def _purge_output(key: UUID) -> bool:
    outputs, store = Output.objects.all(), registry.store()
    return _purge_file(outputs, key, lambda output: store.delete(output.key))


def _purge_subtitles(key: UUID) -> bool:
    rows, store = SubtitleFile.objects.all(), registry.store()
    return _purge_file(rows, key, lambda _: store.delete_prefix(keys.subtitles_prefix(key)))


def _purge_file(rows: models.QuerySet[Row], key: UUID, discard: Callable[[Row], None]) -> bool:
    """The file, then its row, as for a video."""
    with transaction.atomic():
        row = _locked(rows, key)
    if row is None:
        return False
    discard(row)
    with transaction.atomic():
        row = _locked(rows, key)
        if row is not None:
            row.delete()
    return row is not None


def _locked(rows: models.QuerySet[Row], key: UUID) -> Row | None:
    return rows.select_for_update(of=("self",)).filter(_is_due(), pk=key).first()


def _kept(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """Rows that are not due and, once found, are not removed until the transaction ends."""
    return rows.select_for_update(of=("self",)).exclude(_is_due())

"""Signals that other apps may listen to, sent once the change is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import Signal

if TYPE_CHECKING:
    from videos.models.task import Task
    from videos.models.upload import Upload
    from videos.models.video import Video

# Sent after the commit that changed a row; the keyword (`task`, `upload`, `video`) is the row as
# committed.
task_changed = Signal()
upload_changed = Signal()
video_changed = Signal()


def announce(task: Task) -> None:
    """Send `task_changed` with this row after the commit; a listener that fails is only logged."""
    transaction.on_commit(lambda: task_changed.send(sender=type(task), task=task), robust=True)


def announce_upload(upload: Upload) -> None:
    """Send `upload_changed` with this row after the commit."""
    transaction.on_commit(
        lambda: upload_changed.send(sender=type(upload), upload=upload), robust=True
    )


def announce_video(video: Video) -> None:
    """Send `video_changed` with this row after the commit."""
    transaction.on_commit(lambda: video_changed.send(sender=type(video), video=video), robust=True)

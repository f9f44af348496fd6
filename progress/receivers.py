"""Forward changes to the sockets: in this process directly, to others through the layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.dispatch import receiver

from progress.events import (
    Change,
    change_of,
    change_of_access,
    change_of_upload,
    change_of_video,
)
from progress.hub import existing_hub
from progress.publisher import current_publisher
from videos.models import Task, Upload, Video
from videos.models.signals import task_changed, upload_changed, video_changed


@receiver(task_changed, dispatch_uid="progress.task")
def on_task(task: Task, **_kwargs: Any) -> None:
    """Called after the commit, in whatever thread made the change."""
    _publish(lambda: change_of(task))


@receiver(upload_changed, dispatch_uid="progress.upload")
def on_upload(upload: Upload, **_kwargs: Any) -> None:
    """The same of an upload."""
    _publish(lambda: change_of_upload(upload))


@receiver(video_changed, dispatch_uid="progress.video")
def on_video(video: Video, **_kwargs: Any) -> None:
    """The same of a video."""
    _publish(lambda: change_of_video(video))


def access_changed(user_id: object) -> None:
    """Somebody's sessions, tokens or account changed: every process rechecks their sockets."""
    _publish(lambda: change_of_access(user_id))


def _publish(change: Callable[[], Change]) -> None:
    """Serialise it only where somebody may be subscribed."""
    if not isinstance(get_channel_layer(), InMemoryChannelLayer):
        current_publisher().publish(change())
    elif hub := existing_hub():
        hub.publish(change())

"""Hears that a task changed, and tells the sockets: here directly, or through the layer."""

from __future__ import annotations

from functools import cache
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.dispatch import receiver

from progress.events import change_of
from progress.hub import existing_hub
from progress.relay import Publisher
from videos.models import Task
from videos.signals import task_changed


@receiver(task_changed, dispatch_uid="progress.publish")
def publish(task: Task, **_kwargs: Any) -> None:
    """Called after the commit, in whatever thread made the change."""
    if not isinstance(get_channel_layer(), InMemoryChannelLayer):
        _publisher().publish(change_of(task))
    elif hub := existing_hub():
        hub.publish(change_of(task))


@cache
def _publisher() -> Publisher:
    """One per process, made when it is first needed."""
    return Publisher()

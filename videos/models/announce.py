"""Telling the house that a task changed, once the change is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from videos.signals import task_changed

if TYPE_CHECKING:
    from videos.models.task import Task


def announce(task: Task) -> None:
    """Send `task_changed` with this row after the commit; a listener that fails is only logged."""
    transaction.on_commit(lambda: task_changed.send(sender=type(task), task=task), robust=True)

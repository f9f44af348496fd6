"""Paused queues: while a row exists, no edit of that queue starts, and running ones are paused."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from videos.models.task import Task

EVERYBODY = "*"


class QueuePauseQuerySet(models.QuerySet["QueuePause"]):
    """Looks up paused queues."""

    def names(self) -> frozenset[str]:
        """The paused queues: ids of users, and `*` for all."""
        return frozenset(self.values_list("queue", flat=True))


class QueuePause(models.Model):
    """The paused queue of one user or, without an owner, of all users."""

    queue = models.CharField(_("queue"), max_length=36, primary_key=True)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(_("paused"), auto_now_add=True)

    objects = QueuePauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("paused queue")
        verbose_name_plural = _("paused queues")
        ordering = ("queue",)

    def __str__(self) -> str:
        return str(self.owner) if self.owner else gettext("all users")


def queue_of(owner_id: UUID | None) -> str:
    """The name of a user's queue, or of that of all users."""
    return EVERYBODY if owner_id is None else str(owner_id)


def is_held(task: Task, names: frozenset[str]) -> bool:
    """Whether its queue is paused, one of `names`; new videos are read all the same.

    A task that comes from a progress write knows that itself.
    """
    if task.housekeeping:
        return False
    if task.queue_paused is not None:
        return bool(task.queue_paused)
    return EVERYBODY in names or str(task.owner_id) in names

"""Paused queues: while a row stands, no edit of that queue begins, and none that runs goes on."""

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
    """Knows which queues stand still."""

    def names(self) -> frozenset[str]:
        """The paused queues: ids of people, and `*` where everybody's is."""
        return frozenset(self.values_list("queue", flat=True))


class QueuePause(models.Model):
    """One person's queue that is paused, or, without an owner, everybody's."""

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
        return str(self.owner) if self.owner else gettext("everybody")


def queue_of(owner_id: UUID | None) -> str:
    """The name of a person's queue, or of everybody's."""
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

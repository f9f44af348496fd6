"""An output: a file that a task made."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from videos.models.task import Task
from videos.models.video import Video, Viewer
from videos.operations import outputs


class OutputQuerySet(models.QuerySet["Output"]):
    """Looks outputs up, always for somebody."""

    def for_user(self, user: Viewer) -> Self:
        """Only what this person may see: of their own videos, and not deleted."""
        return self.owned_by(user).filter(deleted_at__isnull=True, video__deleted_at__isnull=True)

    def owned_by(self, user: Viewer) -> Self:
        """All that is theirs, deleted a moment ago or not."""
        return self.filter(video__owner=user) if user.is_authenticated else self.none()


class Output(models.Model):
    """A published file. It is never changed, only deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="outputs")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="outputs")
    # The slug of a kind in videos/operations/outputs.py; without choices, so that a new kind needs
    # no migration.
    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=255)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("among the outputs of its task; 0 is the main one")
    )
    key = models.CharField(max_length=300, unique=True)
    media_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField(_("bytes"))
    sha256 = models.CharField(
        "SHA-256", max_length=64, blank=True, help_text=_("Of the file when it was published.")
    )
    duration_us = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    deleted_at = models.DateTimeField(
        _("deleted"), null=True, blank=True, help_text=_("Hidden since then; removed soon after.")
    )

    objects = OutputQuerySet.as_manager()

    class Meta:
        verbose_name = _("output")
        verbose_name_plural = _("outputs")
        ordering = ("created_at", "position")
        indexes: ClassVar = [
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="output_deleted",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "name"], name="output_name_in_task"),
            models.CheckConstraint(condition=models.Q(bytes__gt=0), name="output_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def output_kind(self) -> outputs.OutputKind:
        """What it is, and how it is shown."""
        return outputs.by_slug(self.kind)

    @property
    def url(self) -> str:
        """Where it is served."""
        return reverse("output", args=[self.pk, self.name])

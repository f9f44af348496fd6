"""The workers that are at work, each known by its heartbeat."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

STALE_AFTER = timedelta(days=1)


class WorkerBeatQuerySet(models.QuerySet["WorkerBeat"]):
    """Judges heartbeats by the database's clock."""

    def live(self, lease_seconds: float) -> Self:
        """Those seen within a lease."""
        return self.filter(beat_at__gt=Now() - timedelta(seconds=lease_seconds))

    def stale(self) -> Self:
        """Those not seen for a day: they were killed."""
        return self.filter(beat_at__lt=Now() - STALE_AFTER)

    def with_age(self) -> Self:
        """Each with `age`, the time since its last heartbeat."""
        age = ExpressionWrapper(Now() - F("beat_at"), output_field=DurationField())
        return self.annotate(age=age)


class WorkerBeat(models.Model):
    """A worker's sign of life. The row goes when its worker stops in order, else after a day."""

    name = models.CharField(_("name"), max_length=120, primary_key=True)
    host = models.CharField(_("machine"), max_length=120)
    pid = models.PositiveIntegerField(_("process"))
    slots = models.JSONField(_("slots"), default=dict)
    version = models.CharField(_("version"), max_length=40)
    ffmpeg_version = models.CharField(_("ffmpeg version"), max_length=100, blank=True)
    engine = models.CharField(_("engine"), max_length=10, blank=True)
    processor = models.CharField(_("processor"), max_length=120, blank=True)
    encoders = models.JSONField(_("encoders"), default=list, blank=True)
    started_at = models.DateTimeField(_("started"))
    beat_at = models.DateTimeField(_("last heartbeat"))

    objects = WorkerBeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def beat(self) -> None:
        """Write the row, or its new heartbeat where it is there, in one statement."""
        self.started_at = self.beat_at = Now()
        WorkerBeat.objects.bulk_create(
            [self], update_conflicts=True, unique_fields=["name"], update_fields=["beat_at"]
        )

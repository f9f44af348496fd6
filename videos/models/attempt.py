"""An attempt: one execution of a task, kept whatever came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from videos.media.ffmpeg.errors import Retry
from videos.models.task import Task


class Attempt(models.Model):
    """What one execution ran and how it ended."""

    class Outcome(models.TextChoices):
        """How it ended."""

        RUNNING = "running", _("Running")
        COMPLETE = "complete", _("Complete")
        ERROR = "error", _("Error")
        CANCELLED = "cancelled", _("Cancelled")
        SHUTDOWN = "shutdown", _("Returned to the queue at shutdown")
        LOST = "lost", _("Worker lost")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField(_("number"))
    worker = models.CharField(_("worker"), max_length=120)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.RUNNING
    )
    commands = models.JSONField(_("commands"), default=list)
    ffmpeg_version = models.CharField(_("ffmpeg version"), max_length=100, blank=True)
    exit_code = models.IntegerField(_("exit code"), null=True, blank=True)
    stderr_tail = models.TextField(_("end of stderr"), blank=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    retry = models.CharField(
        _("retry policy"),
        max_length=20,
        choices=[(item.value, item.value) for item in Retry],
        blank=True,
        help_text=_("The kind of failure: it decides whether the task is retried."),
    )
    retry_seconds = models.FloatField(
        _("next attempt after (s)"),
        null=True,
        blank=True,
        help_text=_("Empty if the task was not retried."),
    )
    taken_over = models.PositiveIntegerField(
        _("pieces taken over"),
        default=0,
        help_text=_("Encoded by earlier attempts of the task, and used by this one."),
    )
    timings = models.JSONField(_("timings"), default=dict)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("-started_at",)
        indexes: ClassVar = [models.Index(fields=["ended_at"], name="attempt_ended")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "number"], name="attempt_number"),
            models.CheckConstraint(
                condition=models.Q(outcome="running", ended_at__isnull=True)
                | ~models.Q(outcome="running") & models.Q(ended_at__isnull=False),
                name="attempt_ended_has_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} #{self.number}"

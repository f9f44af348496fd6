"""A task: one requested operation. Its row is the truth, and the rows together are the queue."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode, WorkClass
from videos.models.task_queue import TaskQuerySet
from videos.models.video import Video

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from videos.models.attempt import Attempt
    from videos.models.output import Output


class TaskStatus(models.TextChoices):
    """The five statuses, everywhere the same words."""

    PENDING = "pending", _("Pending")  # waits for a worker
    PROCESSING = "processing", _("Processing")  # a worker holds its lease
    COMPLETE = "complete", _("Complete")  # its outputs are published
    ERROR = "error", _("Error")  # ended, with a reason
    CANCELLED = "cancelled", _("Cancelled")  # ended, because somebody asked


TERMINAL = (TaskStatus.COMPLETE, TaskStatus.ERROR, TaskStatus.CANCELLED)


class Task(models.Model):
    """One requested operation on a video, from the request to its end."""

    Status = TaskStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tasks"
    )
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="tasks")
    sources: models.ManyToManyField[Video, TaskSource] = models.ManyToManyField(
        Video, through="TaskSource", related_name="+"
    )
    operation = models.CharField(_("operation"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    detail = models.CharField(max_length=100, blank=True)
    params = models.JSONField(_("params"), default=dict)
    housekeeping = models.BooleanField(_("housekeeping"), default=False)
    is_gate = models.BooleanField(
        default=False, help_text=_("Its video can be used only once this task is complete.")
    )
    fingerprint = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Hash of everything that determines its result; see services/tasks/reuse.py."),
    )
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)
    # Of the request as it was sent under that key; see idempotency.py.
    request_digest = models.CharField(max_length=64, blank=True)

    status = models.CharField(
        _("status"), max_length=10, choices=TaskStatus.choices, default=TaskStatus.PENDING
    )
    claimable = models.BooleanField(
        default=False, help_text=_("Its sources have been probed: a worker may claim it.")
    )
    work_class = models.CharField(
        max_length=10, choices=[(item.value, item.value) for item in WorkClass], default="cpu"
    )
    priority = models.SmallIntegerField(default=0)
    turn = models.BigIntegerField(
        default=0,
        help_text=_("Its round in the schedule between users; see services/tasks/fairness.py."),
    )
    paused = models.BooleanField(_("paused"), default=False, help_text=_("Paused by a user."))
    guessed_seconds = models.FloatField(
        default=0,
        db_default=0,
        help_text=_("Estimated duration before anything was measured on this system; 0: unknown."),
    )
    expected_seconds = models.FloatField(
        default=0, help_text=_("Estimated duration, corrected by how long such tasks have taken.")
    )
    not_before = models.DateTimeField(null=True, blank=True)

    attempt = models.PositiveIntegerField(
        default=0,
        help_text=_("The number of the latest attempt; writes of earlier ones are ignored."),
    )
    failures = models.PositiveSmallIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(_("worker"), max_length=120, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)

    fraction = models.FloatField(_("fraction"), default=0)
    indeterminate = models.BooleanField(default=False)
    step = models.CharField(_("step"), max_length=20, default=StepCode.WAITING)
    eta_seconds = models.FloatField(null=True, blank=True)
    speed = models.FloatField(null=True, blank=True)
    fps = models.FloatField(null=True, blank=True)
    done_us = models.BigIntegerField(null=True, blank=True)
    done_bytes = models.BigIntegerField(null=True, blank=True)
    stalled = models.BooleanField(
        default=False, help_text=_("No progress; it is stopped and retried if that continues.")
    )
    seq = models.BigIntegerField(default=0)
    end_seq = models.BigIntegerField(
        null=True,
        blank=True,
        help_text=_("`seq` when it became complete; later events contain the state only."),
    )
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_blanks = models.JSONField(default=dict, blank=True)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated"), auto_now_add=True)

    objects = TaskQuerySet.as_manager()

    queue_paused: bool | None = None
    """Whether its queue is paused, where a progress write has just asked; else it is looked up."""

    if TYPE_CHECKING:
        attempts: RelatedManager[Attempt]
        outputs: RelatedManager[Output]
        source_links: RelatedManager[TaskSource]

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ("-created_at",)
        indexes: ClassVar = [
            models.Index(
                fields=["work_class", "-priority", "turn", "created_at"],
                condition=Q(status="pending", claimable=True, paused=False),
                name="task_queue",
            ),
            models.Index(
                fields=["owner", "work_class", "priority", "-turn"],
                condition=Q(status="pending"),
                name="task_turn",
            ),
            models.Index(
                fields=["video", "fingerprint"],
                condition=Q(status="complete"),
                name="task_made",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(status="processing"), name="task_lease"
            ),
            models.Index(fields=["updated_at"], name="task_changed"),
            models.Index(fields=["owner", "-created_at"], name="task_owner_new"),
            models.Index(fields=["video", "-created_at"], name="task_video_new"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in TaskStatus]), name="task_status"
            ),
            models.CheckConstraint(
                condition=Q(fraction__gte=0, fraction__lte=1), name="task_fraction"
            ),
            models.CheckConstraint(
                condition=~Q(status="processing") | Q(lease_until__isnull=False) & ~Q(worker=""),
                name="task_processing_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "processing"], finished_at__isnull=True)
                | Q(status__in=[status.value for status in TERMINAL], finished_at__isnull=False),
                name="task_terminal_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(status="error") | ~Q(error_code=""), name="task_error_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(fraction=1) | Q(status="complete"), name="task_full_only_complete"
            ),
            models.CheckConstraint(
                condition=Q(paused=False) | Q(status__in=["pending", "processing"]),
                name="task_paused_is_open",
            ),
            models.UniqueConstraint(fields=["owner", "idempotency_key"], name="task_one_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.status})"

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended."""
        return self.status in TERMINAL

    @property
    def percent(self) -> float:
        """Progress 0 to 100, as the wire has it."""
        return round(self.fraction * 100, 2)


class TaskSource(models.Model):
    """One source of a task, in order."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="source_links")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "position"], name="task_source_position")
        ]

    def __str__(self) -> str:
        return f"{self.task_id} [{self.position}]"

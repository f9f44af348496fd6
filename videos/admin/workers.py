"""The admin's view of workers and paused queues."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from videos.admin.base import ReadOnlyAdmin
from videos.models import QueuePause, Task, WorkerBeat
from videos.models.queue_pause import queue_of
from videos.services.tasks import control


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin):
    """The workers, and when each was last seen."""

    list_display = (
        "name",
        "is_live",
        "heartbeat_age",
        "running",
        "engine",
        "version",
        "ffmpeg_version",
    )
    list_filter = ("host", "version")
    search_fields = ("name", "host")
    fields = (
        "name",
        "host",
        "pid",
        "slots",
        "engine",
        "version",
        "ffmpeg_version",
        "processor",
        "encoders",
        "started_at",
        "beat_at",
        "heartbeat_age",
        "is_live",
        "running",
    )
    readonly_fields = ("heartbeat_age", "is_live", "running")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With each one's age by the database's clock."""
        return WorkerBeat.objects.with_age()

    @admin.display(description=_("heartbeat age"), ordering="age")
    def heartbeat_age(self, worker: Any) -> str:
        """Seconds since the last heartbeat."""
        return f"{max(0.0, worker.age.total_seconds()):.0f} s"

    @admin.display(description=_("running tasks"))
    def running(self, worker: WorkerBeat) -> str:
        """What it is at work on."""
        tasks = Task.objects.filter(status=Task.Status.PROCESSING, worker=worker.name)
        return ", ".join(f"{task.name} {int(task.percent)} %" for task in tasks)

    @admin.display(description=_("online"), boolean=True)
    def is_live(self, worker: Any) -> bool:
        """Whether it was seen within a lease."""
        return bool(worker.age.total_seconds() < settings.VREWCRAFT_LEASE_SECONDS)


@admin.register(QueuePause)
class QueuePauseAdmin(ReadOnlyAdmin):
    """Paused queues; adding one pauses it, for all users or for one."""

    list_display = ("__str__", "created_at")
    list_select_related = ("owner",)
    autocomplete_fields = ("owner",)
    fieldsets = (
        (
            None,
            {
                "fields": ("owner",),
                "description": _("Without an owner, the queues of all users are paused."),
            },
        ),
    )
    actions = ("resume",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Visible to users who may pause and resume queues."""
        return control.may_control_queues(request.user)

    def has_view_permission(self, request: HttpRequest, obj: QueuePause | None = None) -> bool:
        """As for pages and API, whatever else of the admin one may see."""
        return control.may_control_queues(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """To pause."""
        return control.may_control_queues(request.user)

    def has_resume_permission(self, request: HttpRequest) -> bool:
        """Resume."""
        return control.may_control_queues(request.user)

    def save_model(self, request: HttpRequest, obj: QueuePause, form: Any, change: bool) -> None:
        """Pause the queue instead of saving the form's row, so that open pages are notified."""
        obj.queue = queue_of(obj.owner_id)
        control.pause_queue_of(obj.owner_id)

    @admin.action(description=_("Resume the selected queues"), permissions=["resume"])
    def resume(self, request: HttpRequest, queues: QuerySet[QueuePause]) -> None:
        """Resume them."""
        for pause in queues:
            control.resume_queue_of(pause.owner_id)

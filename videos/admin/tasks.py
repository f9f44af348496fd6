"""Tasks and attempts in the admin. Nothing edits a status."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from videos.admin.base import ReadOnlyAdmin
from videos.admin.library import OfVideoAdmin, OutputInline
from videos.core.errors import AppError
from videos.core.messages import message, remedy
from videos.models import Attempt, Task
from videos.models.task_queue import ORDER
from videos.services.tasks import control, requests


class AttemptInline(admin.StackedInline[Attempt, Task]):
    """What each execution of a task ran."""

    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "number",
        "outcome",
        "worker",
        "command_lines",
        "ffmpeg_version",
        "exit_code",
        "error_code",
        "retry",
        "retry_seconds",
        "timings",
        "stderr",
        "started_at",
        "ended_at",
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Attempts are made by workers."""
        return False

    @admin.display(description=_("command lines"))
    def command_lines(self, attempt: Attempt) -> SafeString:
        """Each command quoted for a shell, to be copied."""
        lines = ((shlex.join(argv),) for argv in attempt.commands)
        return format_html_join("", '<pre class="copyable">{}</pre>', lines)

    @admin.display(description=_("end of stderr"))
    def stderr(self, attempt: Attempt) -> SafeString:
        """The last 4 KiB of what the program said."""
        return format_html('<pre class="copyable">{}</pre>', attempt.stderr_tail)


@admin.register(Task)
class TaskAdmin(OfVideoAdmin):
    """Inspect tasks; cancel, pause, resume, retry, or run again as new."""

    class Media:
        css: dict[str, list[str]] = {"all": ["css/admin.css"]}  # noqa: RUF012

    list_display = (
        "name",
        "video",
        "status",
        "paused",
        "percent_text",
        "worker",
        "lease_until",
        "created_at",
    )
    list_filter = ("status", "paused", "operation", "housekeeping", "work_class", "created_at")
    list_select_related = ("video",)
    search_fields = ("=id", "name", "video__name", "=video__id", "error_code")
    search_help_text = _("Name, video, id or error code")
    actions = ("cancel", "pause", "resume", "retry", "rerun")
    inlines = (AttemptInline, OutputInline)
    show_full_result_count = False
    readonly_fields = ("percent_text", "error_sentence")
    fieldsets = (
        (None, {"fields": ("name", "video", "owner", "operation", "params")}),
        (_("State"), {"fields": ("status", "percent_text", "step", "error_sentence", "seq")}),
        (
            _("Work"),
            {
                "fields": (
                    "work_class",
                    "priority",
                    "turn",
                    "guessed_seconds",
                    "expected_seconds",
                    "attempt",
                    "failures",
                    "losses",
                    "worker",
                    "lease_until",
                    "not_before",
                    "cancel_requested",
                    "paused",
                )
            },
        ),
        (_("Times"), {"fields": ("created_at", "started_at", "finished_at", "updated_at")}),
    )

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Who may change tasks by Django's own permissions may use the actions."""
        return request.user.has_perm("videos.change_task")

    @admin.display(description=_("percent"), ordering="fraction")
    def percent_text(self, task: Task) -> str:
        """Whole percent, as the pages show it."""
        return f"{int(task.percent)} %"

    @admin.display(description=_("error"))
    def error_sentence(self, task: Task) -> str:
        """What happened and what to do."""
        if not task.error_code:
            return ""
        values = task.error_blanks
        sentence = message(task.error_code, values)
        return f"{sentence} {remedy(task.error_code, values)} ({task.error_code})"

    @admin.action(description=_("Cancel the selected tasks"), permissions=["cancel"])
    def cancel(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        """End what has not ended."""
        self._each(request, tasks, control.cancel_task)

    @admin.action(description=_("Pause the selected tasks"), permissions=["cancel"])
    def pause(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        """Pause the tasks that have not ended."""
        self._each(request, tasks, control.pause_task)

    @admin.action(description=_("Resume the selected tasks"), permissions=["cancel"])
    def resume(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        """Resume them."""
        self._each(request, tasks, control.resume_task)

    @admin.action(description=_("Retry the selected tasks"), permissions=["cancel"])
    def retry(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        """Error or cancelled back to pending."""
        self._each(request, tasks, control.retry_task)

    @admin.action(
        description=_("Run the selected tasks again as new tasks"), permissions=["cancel"]
    )
    def rerun(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        """New tasks with the same params."""
        self._each(request, tasks, requests.rerun_task)

    def _each(
        self, request: HttpRequest, tasks: QuerySet[Task], act: Callable[[Task], object]
    ) -> None:
        done = 0
        # In the order of their turns, which those that get new ones so keep among themselves.
        for task in tasks.order_by(*ORDER):
            try:
                act(task)
            except AppError as error:
                reason = message(error.code, error.values)
                self.message_user(request, f"{task.name}: {reason}", messages.WARNING)
            else:
                done += 1
        if done:
            text = ngettext("Done for %(count)d task.", "Done for %(count)d tasks.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Executions, across all tasks."""

    list_display = ("task", "number", "outcome", "worker", "exit_code", "started_at", "ended_at")
    list_filter = ("outcome", "ffmpeg_version", "started_at")
    list_select_related = ("task",)
    search_fields = ("=task__id", "task__video__name", "worker", "stderr_tail")

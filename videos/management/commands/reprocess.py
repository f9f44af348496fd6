"""`manage.py reprocess`: run tasks again, chosen by what they are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from videos.core import messages
from videos.core.errors import AppError
from videos.models import Task
from videos.models.task import TaskStatus
from videos.models.task_queue import TaskQuerySet
from videos.services.tasks import control, requests

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Command(BaseCommand):
    """Run tasks again."""

    help = (
        "Run tasks again. A failed or cancelled task is retried with a fresh retry budget; a "
        "complete one is run as a new task, and its old outputs stay. Pending and running tasks "
        "are not touched. Tasks must match all filters; at least one filter is required."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The filters."""
        parser.add_argument("tasks", nargs="*", type=UUID, metavar="TASK", help="task ids")
        parser.add_argument("--status", choices=[status.value for status in TaskStatus])
        parser.add_argument("--operation", help="slug, such as trim")
        parser.add_argument("--video", type=UUID, help="video id")
        parser.add_argument(
            "--older-than", metavar="AGE", help="created before this long ago: 30m, 2h, 7d"
        )
        parser.add_argument(
            "--newer-than", metavar="AGE", help="created within this time: 30m, 2h, 7d"
        )
        parser.add_argument("--dry-run", action="store_true", help="only print what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the tasks, then retry or run each again."""
        count = 0
        refused: list[str] = []
        for task in _chosen(options).for_lists():
            again = task.status == TaskStatus.COMPLETE
            verb = "run again as new" if again else "retry"
            self.stdout.write(f"{task.pk}  {task.status:<10} {task.name} ({task.video}): {verb}")
            try:
                if not options["dry_run"]:
                    (requests.rerun_task if again else control.retry_task)(task)
            except AppError as error:
                refused.append(f"{task.pk}: {messages.in_english(error.code, {})['error']}")
            else:
                count += 1
        done = "would be run again" if options["dry_run"] else "run again"
        self.stdout.write(f"{count} tasks {done}.")
        if refused:
            raise CommandError("Not run again:\n" + "\n".join(refused))
        if options["tasks"] and count < len(set(options["tasks"])):
            raise CommandError("Some of these tasks do not exist or have not ended.")


def _chosen(options: dict[str, Any]) -> TaskQuerySet:
    filters_given = {
        "pk__in": options["tasks"],
        "status": options["status"],
        "operation": options["operation"],
        "video": options["video"],
    }
    filters: dict[str, Any] = {name: value for name, value in filters_given.items() if value}
    if options["older_than"]:
        filters["created_at__lt"] = timezone.now() - _age(options["older_than"])
    if options["newer_than"]:
        filters["created_at__gte"] = timezone.now() - _age(options["newer_than"])
    if not filters:
        raise CommandError("Choose tasks by id, --status, --operation, --video or an age.")
    ended = [TaskStatus.COMPLETE, TaskStatus.ERROR, TaskStatus.CANCELLED]
    return Task.objects.filter(status__in=ended).filter(**filters).order_by("created_at")


def _age(text: str) -> timedelta:
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if not match:
        raise CommandError(f"{text} is not an age: use a number and s, m, h or d, such as 2h.")
    return timedelta(**{UNITS[match[2]]: int(match[1])})

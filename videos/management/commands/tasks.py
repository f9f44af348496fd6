"""`manage.py tasks`: look at tasks, and cancel, pause, resume or retry them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from videos.core import messages
from videos.core.errors import AppError
from videos.management.people import person
from videos.models import Task
from videos.models.task import TaskStatus
from videos.models.task_queue import ORDER
from videos.models.video import Viewer
from videos.services.tasks import control
from videos.services.tasks.control import TaskAction

QUEUES = ("pause-queue", "resume-queue")
LISTED = 100


class Command(BaseCommand):
    """Control tasks."""

    help = (
        "List tasks, or cancel, pause, resume or retry chosen tasks, for example:\n"
        "manage.py tasks list --status processing\n"
        "manage.py tasks pause TASK ...\n"
        "manage.py tasks cancel --status pending --owner ann\n"
        "manage.py tasks pause-queue [--owner ann]   (without an owner: all users)"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and to which."""
        verbs = [verb.value for verb in TaskAction]
        parser.add_argument("verb", choices=["list", *verbs, *QUEUES])
        parser.add_argument("tasks", nargs="*", type=UUID, metavar="TASK", help="task ids")
        parser.add_argument("--status", choices=[status.value for status in TaskStatus])
        parser.add_argument("--owner", help="user name: only their tasks, or their queue")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        owner = person(options["owner"]) if options["owner"] else None
        if options["verb"] in QUEUES:
            self._queue(options["verb"], owner)
        elif options["verb"] == "list":
            self._list(list(_chosen(options, owner)))
        else:
            if not options["tasks"] and not options["status"]:
                raise CommandError("Choose tasks by id or --status.")
            self._do(TaskAction(options["verb"]), options, owner)

    def _queue(self, verb: str, owner: Viewer | None) -> None:
        act = control.pause_queue_of if verb == "pause-queue" else control.resume_queue_of
        act(owner.pk if owner else None)
        whose = f"the queue of {owner.get_username()}" if owner else "all queues"
        self.stdout.write(f"{'Paused' if verb == 'pause-queue' else 'Resumed'} {whose}.")

    def _list(self, tasks: list[Task]) -> None:
        for task in tasks[:LISTED]:
            note = " paused" if task.paused else ""
            self.stdout.write(
                f"{task.pk}  {task.status:<10} {int(task.percent):3d} %  "
                f"{task.owner}  {task.name} ({task.video}){note}"
            )
        if len(tasks) > LISTED:
            self.stdout.write(f"... and {len(tasks) - LISTED} more.")

    def _do(self, verb: TaskAction, options: dict[str, Any], owner: Viewer | None) -> None:
        # In the order of their turns, which those that get new ones so keep among themselves.
        tasks = list(_chosen(options, owner).order_by(*ORDER))
        named = bool(options["tasks"])
        refused: list[str] = []
        done = 0
        for task in tasks if named else control.is_available(verb, tasks):
            try:
                control.apply(verb, task)
            except AppError as error:
                reason = messages.in_english(error.code, error.values)["error"]
                refused.append(f"{task.pk}: {reason}")
            else:
                done += 1
                self.stdout.write(f"{task.pk}  {task.name} ({task.video}): {verb.value}")
        self.stdout.write(f"{done} tasks: {verb.value}.")
        missing = set(options["tasks"]) - {task.pk for task in tasks}
        refused += [f"{key}: There is no such task." for key in sorted(missing, key=str)]
        if refused:
            raise CommandError("Not done:\n" + "\n".join(refused))


def _chosen(options: dict[str, Any], owner: Viewer | None) -> QuerySet[Task]:
    tasks = Task.objects.select_related("video", "owner").defer("video__probe")
    if options["tasks"]:
        tasks = tasks.filter(pk__in=options["tasks"])
    if options["status"]:
        tasks = tasks.filter(status=options["status"])
    if owner:
        tasks = tasks.filter(owner_id=owner.pk)
    return tasks

"""`manage.py edit`: ask for an edit and watch it in the terminal."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from videos.core import messages
from videos.core.errors import AppError
from videos.management.task_lines import task_line
from videos.models import Task, Video
from videos.models.task import TaskStatus
from videos.serializers.task import task_state
from videos.services.tasks import requests
from videos.storage import registry
from videos.worker.worker import Worker

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 2.0
# Moves to the line's beginning and clears it (ECMA-48, EL).
SAME_LINE = "\r\x1b[K"


class Command(BaseCommand):
    """Edit a video."""

    help = (
        "Request an edit and show its progress until it ends, for example:\n"
        "manage.py edit trim VIDEO --param startTime=10 --param endTime=30\n"
        "If no worker takes the task, this command runs it itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What, on which video, how."""
        parser.add_argument("operation", help="slug, such as trim")
        parser.add_argument("video", type=UUID, help="video id")
        parser.add_argument(
            "--again", action="store_true", help="run it even if the result already exists"
        )
        parser.add_argument(
            "--param", action="append", default=[], metavar="NAME=VALUE", help="may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Enqueue, then follow."""
        video = Video.objects.filter(pk=options["video"]).first()
        if video is None:
            raise CommandError(f"There is no video {options['video']}.")
        params = dict(_param(text) for text in options["param"])
        try:
            operation = requests.edit_operation(options["operation"])
            again = options["again"]
            task = requests.request_edit(video, operation, params, again=again, batch=True).task
        except AppError as error:
            raise CommandError(_sentence(error)) from error
        self.stdout.write(f"{task.name}  ({task.pk})")
        self._report(self._follow(task))

    def _follow(self, task: Task) -> Task:
        worker: Worker | None = None
        requested_at = time.monotonic()
        try:
            while not task.is_terminal:
                time.sleep(POLL_SECONDS)
                task.refresh_from_db()
                self._draw(task)
                waited = time.monotonic() - requested_at > PATIENCE_SECONDS
                if worker is None and waited and task.status == TaskStatus.PENDING:
                    worker = Worker()
                    worker.start()
        finally:
            if worker:
                worker.stop()
                worker.join()
        return task

    def _draw(self, task: Task) -> None:
        if not self.stdout.isatty():
            return
        self.stdout.write(f"{SAME_LINE}{task_line(task_state(task))}", ending="")
        self.stdout.flush()

    def _report(self, task: Task) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        if task.status != TaskStatus.COMPLETE:
            reason = messages.in_english(task.error_code, task.error_blanks)
            ended = f"{reason['error']} {reason['remedy']}" if task.error_code else "Cancelled."
            raise CommandError(ended)
        for output in task.outputs.all():
            self.stdout.write(registry.store().address(output.key))


def _param(text: str) -> tuple[str, Any]:
    """`name=value`; a value that is JSON (a number, true) is taken as such, else as text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"{text} is not NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _sentence(error: AppError) -> str:
    codes = error.fields or {"": error.code}
    return " ".join(
        f"{name}: {messages.in_english(code, error.values_for(name))['error']}".lstrip(": ")
        for name, code in codes.items()
    )

"""`manage.py reap`: hand the tasks of lost workers out again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from videos.storage.base import StorageDown
from videos.worker.maintenance import jobs


class Command(BaseCommand):
    """What every worker also does by itself."""

    help = (
        "Run maintenance once: return tasks of lost workers to the queue, and remove deleted "
        "files, files of dead attempts after an hour, and orphaned files after a day. Workers do "
        "this by themselves; this command is for running it by hand or by cron."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each job once."""
        try:
            counts = {job.name: job.run() for job in jobs()}
        except StorageDown as error:
            raise CommandError(f"The storage is not responding: {error}") from error
        tasks, files = counts["reaper"], counts["sweeper"]
        self.stdout.write(f"{tasks} tasks returned to the queue, {files} abandoned files deleted.")

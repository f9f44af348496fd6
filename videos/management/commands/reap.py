"""`manage.py reap`: hand the tasks of lost workers out again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from videos.services.library.deletion import purge
from videos.storage.base import StorageDown
from videos.worker.maintenance import sweep, take_back


class Command(BaseCommand):
    """What every worker also does by itself."""

    help = (
        "Put tasks whose worker is gone back into the queue, remove the files of what was deleted, "
        "what dead attempts left an hour ago, and what belongs to nothing for a day. Workers do "
        "the same by themselves; this is for looking after it by hand or by cron."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Reap once."""
        tasks = take_back()
        purge()
        try:
            files = sweep()
        except StorageDown as error:
            raise CommandError(f"The storage does not answer: {error}") from error
        self.stdout.write(f"{tasks} tasks handed out again, {files} abandoned files deleted.")

"""`manage.py import_video`: take files of this machine into the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser

from videos.core import messages
from videos.core.errors import AppError
from videos.management.people import person
from videos.models import Upload
from videos.services.uploads import ingest, transfer
from videos.storage import inbox, reflink
from videos.storage.base import ignore_progress


class Command(BaseCommand):
    """Import videos."""

    help = "Copy video files into the library. A worker processes each like an upload."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which files, and whose they will be."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--owner", help="user name; not needed if there is only one user")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import each file; one that cannot be read does not keep the others out."""
        owner = person(options["owner"])
        failed = []
        for path in options["paths"]:
            copy = inbox.folder() / f"{uuid4()}.part"
            try:
                reflink.copy(path, copy)
            except OSError as error:
                copy.unlink(missing_ok=True)
                failed.append(f"{path}: {error.strerror or error}")
                continue
            try:
                video = ingest.ingest_upload(owner, copy, path.name, method=Upload.Method.IMPORT)
            except AppError as error:
                failed.append(f"{path}: {messages.message(error.code, error.values)}")
                continue
            transfer.transfer_upload(video.upload, ignore_progress)
            self.stdout.write(f"{video.pk}  {video.name}")
        if failed:
            raise CommandError("Not imported:\n" + "\n".join(failed))

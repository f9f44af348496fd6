"""Where files arrive: on the library's filesystem, so that publishing one is a rename."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from videos.core.errors import AppError
from videos.storage import registry

arrived = threading.Event()
"""Set when a file has arrived completely in this process, so that its transfer starts at once."""

# A form is not received that long: whoever wrote to a file so old was killed.
ABANDONED_SECONDS = 24 * 3600.0

FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)


def folder() -> Path:
    """The folder, which is made where it is missing."""
    path = Path(settings.VREWCRAFT_DATA_DIR) / "incoming"
    path.mkdir(parents=True, exist_ok=True)
    return path


def is_full(error: Exception) -> bool:
    """Whether it says that a disk or quota is full."""
    return isinstance(error, OSError) and error.errno in FULL_ERRORS


@contextmanager
def disk_full_error() -> Iterator[None]:
    """A full disk or quota is an AppError 507 `disk_full`; other errors stay what they are."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise AppError("disk_full", 507) from error


def place() -> str:
    """This folder's name among those of other machines; made once and kept in it.

    Empty where the library is on the same disk: machines share that, and this folder too.
    """
    if registry.store().is_instant:
        return ""
    path = folder() / "place"
    with suppress(FileNotFoundError):
        return path.read_text()
    mine = path.with_name(f"{uuid4()}.place")
    mine.write_text(str(uuid4()))
    with suppress(FileExistsError):  # another process was quicker
        os.link(mine, path)
    mine.unlink()
    return path.read_text()


def part_path(upload_id: UUID) -> Path:
    """Where a resumable upload's bytes gather."""
    return folder() / f"{upload_id}.tus"


def parts() -> list[Path]:
    """The part files that there are."""
    return list(folder().glob("*.tus"))


def remove_abandoned(older_than_seconds: float = ABANDONED_SECONDS) -> int:
    """Delete what a killed process left half-received of a form; gives how many files that were."""
    oldest = time.time() - older_than_seconds
    removed = 0
    for path in folder().glob("*.part"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
                removed += 1
    return removed

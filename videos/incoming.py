"""Where files arrive: on the library's filesystem, so that publishing one is a rename."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings

from videos.errors import Refusal

FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)


def folder() -> Path:
    """The folder, which is made where it is missing."""
    path = Path(settings.VREWCRAFT_DATA_DIR) / "incoming"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def full_disk_refused() -> Iterator[None]:
    """A full disk or quota is a Refusal 507 `disk_full`; other errors stay what they are."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL_ERRORS:
            raise
        raise Refusal("disk_full", 507) from error


def part_path(upload_id: UUID) -> Path:
    """Where a resumable upload's bytes gather."""
    return folder() / f"{upload_id}.tus"


def parts() -> list[Path]:
    """The part files that there are."""
    return list(folder().glob("*.tus"))

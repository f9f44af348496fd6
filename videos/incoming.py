"""Where files arrive: on the library's filesystem, so that publishing one is a rename."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings


def folder() -> Path:
    """The folder, which is made where it is missing."""
    path = Path(settings.VREWCRAFT_DATA_DIR) / "incoming"
    path.mkdir(parents=True, exist_ok=True)
    return path


def part_path(upload_id: UUID) -> Path:
    """Where a resumable upload's bytes gather."""
    return folder() / f"{upload_id}.tus"


def parts() -> list[Path]:
    """The part files that there are."""
    return list(folder().glob("*.tus"))

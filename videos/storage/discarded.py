"""The folder that files are moved to at once, so that freeing their space may take its time."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from videos.storage.disk import made_folder


def discard(path: Path) -> None:
    """Take a file or folder out of its place at once; `free_space` frees its space."""
    with suppress(FileNotFoundError):
        path.rename(made_folder(_folder()) / str(uuid4()))


def free_space() -> None:
    """Free the space of what was discarded, which may take a while. No transaction waits for it."""
    folder = _folder()
    for path in folder.iterdir() if folder.exists() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.VREWCRAFT_DATA_DIR) / "trash"

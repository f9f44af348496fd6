"""Work folders: each attempt has one of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings

from videos.storage import discarded
from videos.storage.disk import made_folder, remove_if_empty

PIECES = "pieces"


def work_dir(task_id: UUID, attempt: int) -> Path:
    """The folder of one attempt; it and all in it is the attempt's own."""
    return Path(settings.VREWCRAFT_DATA_DIR) / "work" / str(task_id) / str(attempt)


def fresh_work_dir(task_id: UUID, attempt: int) -> Path:
    """An empty work folder; what earlier attempts left when they were killed is gone."""
    for number in range(1, attempt + 1):
        shutil.rmtree(work_dir(task_id, number), ignore_errors=True)
    return made_folder(work_dir(task_id, attempt))


def pieces_dir(folder: Path) -> Path:
    """Where a task's attempts keep what later ones take over, by the folder of one of them."""
    return folder.parent / PIECES


def clear_pieces(task_id: UUID) -> None:
    """Remove what a task's attempts have kept, and its folder where that was the last."""
    folder = work_dir(task_id, 0).parent
    shutil.rmtree(folder / PIECES, ignore_errors=True)
    remove_if_empty(folder)


def clear_work_dir(task_id: UUID, attempt: int) -> None:
    """Remove an attempt's folder, and the task's where it is the last."""
    folder = work_dir(task_id, attempt)
    shutil.rmtree(folder, ignore_errors=True)
    remove_if_empty(folder.parent)


def discard_work_dirs(task_id: UUID) -> None:
    """Discard the folders of all attempts of a task."""
    discarded.discard(work_dir(task_id, 0).parent)

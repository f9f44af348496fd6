"""Files on disk: the library's keys, work folders, and publishing by rename."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from videos import incoming
from videos.models.video import library


def work_dir(task_id: UUID, attempt: int) -> Path:
    """The folder of one attempt; it and all in it is the attempt's own."""
    return Path(settings.VREWCRAFT_DATA_DIR) / "work" / str(task_id) / str(attempt)


def fresh_work_dir(task_id: UUID, attempt: int) -> Path:
    """An empty work folder; what earlier attempts left when they were killed is gone."""
    for number in range(1, attempt + 1):
        shutil.rmtree(work_dir(task_id, number), ignore_errors=True)
    return _made(work_dir(task_id, attempt))


def clear_work_dir(task_id: UUID, attempt: int) -> None:
    """Remove an attempt's folder, and the task's where it is the last."""
    folder = work_dir(task_id, attempt)
    shutil.rmtree(folder, ignore_errors=True)
    _remove_if_empty(folder.parent)


def clear_earlier_attempts(task_id: UUID, video_id: UUID, attempt: int) -> None:
    """Remove what earlier attempts had moved into the library when they were killed."""
    for number in range(1, attempt):
        for key in (output_key(task_id, number, ""), source_key(video_id, "", number)):
            shutil.rmtree(Path(library().path(key)).with_name(str(number)), ignore_errors=True)


def source_key(video_id: UUID, suffix: str, attempt: int = 0) -> str:
    """The key of a video's source, of an upload (0) or of the attempt that made it.

    Names of clients never become paths.
    """
    return f"sources/{video_id}/{attempt}/source{suffix}"


def output_key(task_id: UUID, attempt: int, file_name: str) -> str:
    """The key of an attempt's output: two attempts can never write the same file."""
    return f"outputs/{task_id}/{attempt}/{file_name}"


def publish(path: Path, key: str) -> int:
    """Move a finished file into the library, whole or not at all; gives its bytes."""
    target = Path(library().path(key))
    _made(target.parent)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    size = path.stat().st_size
    path.replace(target)
    for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
        _sync_dir(folder)
    return size


def keep(content: bytes, key: str) -> None:
    """Put a small file into the library, whole or not at all. Raises OSError (a full disk)."""
    path = incoming.folder() / f"{uuid4()}.part"
    try:
        path.write_bytes(content)
        publish(path, key)
    finally:
        path.unlink(missing_ok=True)


def unpublish(key: str) -> None:
    """Remove a file that no row names, and its folder where it is empty."""
    target = Path(library().path(key))
    target.unlink(missing_ok=True)
    _remove_if_empty(target.parent)
    _remove_if_empty(target.parent.parent)


def discard_source(video_id: UUID) -> None:
    """Discard a video's source, of whatever attempt."""
    discard(Path(library().path(f"sources/{video_id}")))


def discard_subtitles(file_id: UUID) -> None:
    """Discard a subtitle file, as it came and as it was written anew."""
    discard(Path(library().path(f"subtitles/{file_id}")))


def discard_task(task_id: UUID) -> None:
    """Discard all that a task made, finished or not."""
    discard(Path(library().path(f"outputs/{task_id}")))
    discard(work_dir(task_id, 0).parent)


def discard_output(key: str) -> None:
    """Discard one file, and its folders where they are empty."""
    target = Path(library().path(key))
    discard(target)
    _remove_if_empty(target.parent)
    _remove_if_empty(target.parent.parent)


def discard(path: Path) -> None:
    """Take a file or folder out of the library at once; `empty_trash` frees its space."""
    with suppress(FileNotFoundError):
        path.rename(_made(_trash()) / str(uuid4()))


def empty_trash() -> None:
    """Free the space of what was discarded, which may take a while. No transaction waits for it."""
    trash = _trash()
    for path in trash.iterdir() if trash.exists() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _trash() -> Path:
    return Path(settings.VREWCRAFT_DATA_DIR) / "trash"


def make_durable(path: Path) -> None:
    """Make an empty file that outlives a crash of the machine."""
    path.touch()
    _sync_dir(path.parent)


def _sync_dir(folder: Path) -> None:
    """Make a rename durable (https://man7.org/linux/man-pages/man2/fsync.2.html)."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _remove_if_empty(folder: Path) -> None:
    """Another attempt may be using it, or have removed it already."""
    with suppress(OSError):
        folder.rmdir()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder

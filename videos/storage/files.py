"""The library's keys, work folders, and publishing: by rename, or by an upload to the bucket."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from videos.storage import inbox, registry
from videos.storage.base import Readable, Stored, Told, Unfinished, nobody
from videos.storage.disk import made_folder, remove_if_empty, sync_folder
from videos.storage.registry import library
from videos.storage.workdir import work_dir

CHUNK_BYTES = 1024 * 1024


def clear_earlier_attempts(task_id: UUID, attempt: int, made_source_of: UUID | None) -> None:
    """Remove what earlier attempts had moved into the library when they were killed.

    A source only where this very task makes it: another task's may have the same number.
    """
    folders = [f"outputs/{task_id}"]
    if made_source_of:
        folders.append(f"sources/{made_source_of}")
    for folder in folders:
        for number in range(1, attempt):
            if bucket := registry.bucket():
                bucket.remove_all(f"{folder}/{number}/")
            else:
                shutil.rmtree(library().path(f"{folder}/{number}"), ignore_errors=True)


def publish(path: Path, key: str, told: Told = nobody) -> int:
    """Move a finished file into the library, whole or not at all; gives its bytes.

    Into a bucket that takes a while: `told` hears of each bit. Raises StorageDown.
    """
    if bucket := registry.bucket():
        size = bucket.put(path, key, told)
        path.unlink()
        return size
    target = Path(library().path(key))
    made_folder(target.parent)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    size = path.stat().st_size
    path.replace(target)
    for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
        sync_folder(folder)
    return size


def keep(content: bytes, key: str) -> None:
    """Put a small file into the library, whole or not at all. Raises OSError (a full disk)."""
    path = inbox.folder() / f"{uuid4()}.part"
    try:
        path.write_bytes(content)
        publish(path, key)
    finally:
        path.unlink(missing_ok=True)


def copy(path: Path, key: str, told: Told = nobody) -> None:
    """Copy a file into the bucket. Raises StorageDown, and what `told` raises."""
    bucket = registry.bucket()
    if bucket is None:
        raise RuntimeError("into a folder files are moved")
    bucket.put(path, key, told)


def holds(key: str, size: int) -> bool:
    """Whether the bucket has the file whole."""
    bucket = registry.bucket()
    try:
        return bucket is not None and bucket.size(key) == size
    except FileNotFoundError:
        return False


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def exists(key: str) -> bool:
    """Whether the library has a file."""
    bucket = registry.bucket()
    return bucket.exists(key) if bucket else Path(library().path(key)).exists()


def has_all(keys: Sequence[str]) -> bool:
    """Whether the library has them all; a bucket is asked once for each folder."""
    if bucket := registry.bucket():
        folders = {key.rpartition("/")[0] for key in keys}
        held = {item.key for folder in folders for item in bucket.listing(f"{folder}/")}
        return held.issuperset(keys)
    return all(exists(key) for key in keys)


def read(key: str) -> bytes:
    """All of a small file. Raises FileNotFoundError."""
    bucket = registry.bucket()
    return bucket.read(key) if bucket else Path(library().path(key)).read_bytes()


def address(key: str) -> str:
    """What a person at a terminal finds a file by."""
    bucket = registry.bucket()
    return bucket.address(key) if bucket else str(library().path(key))


def listing(below: str = "") -> Iterator[Stored]:
    """Every file of the library, or of a folder in it; what shares a folder comes together."""
    if bucket := registry.bucket():
        yield from bucket.listing(f"{below}/" if below else "")
        return
    root = Path(library().location)
    for folder, _folders, names in os.walk(root / below):
        for name in names:
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                status = path.stat()
                # Of the inode's change, which a move into the library is: stat(2), st_ctime
                at = datetime.fromtimestamp(status.st_ctime, UTC)
                yield Stored(path.relative_to(root).as_posix(), status.st_size, at)


def unfinished() -> Iterable[Unfinished]:
    """Uploads into a bucket that were begun and have not ended."""
    bucket = registry.bucket()
    return bucket.unfinished() if bucket else ()


def give_up(upload: Unfinished) -> None:
    """Free what an unfinished upload holds."""
    if bucket := registry.bucket():
        bucket.give_up(upload)


def chunks(key: str) -> Iterator[bytes]:
    """All of a file, piece by piece. Raises FileNotFoundError."""
    if bucket := registry.bucket():
        yield from bucket.chunks(key)
        return
    with Path(library().path(key)).open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


@contextmanager
def opened(key: str, offset: int = 0) -> Iterator[Readable]:
    """A file from a byte on, read as it is asked for. Raises FileNotFoundError."""
    if bucket := registry.bucket():
        with bucket.opened(key, offset) as body:
            yield body
        return
    with Path(library().path(key)).open("rb") as file:
        file.seek(offset)
        yield file


def unpublish(key: str) -> None:
    """Remove a file that no row names, and its folder where it is empty."""
    if bucket := registry.bucket():
        bucket.remove(key)
        return
    target = Path(library().path(key))
    target.unlink(missing_ok=True)
    remove_if_empty(target.parent)
    remove_if_empty(target.parent.parent)


def discard_source(video_id: UUID) -> None:
    """Discard a video's source, of whatever attempt."""
    _discard_all(f"sources/{video_id}")


def discard_subtitles(file_id: UUID) -> None:
    """Discard a subtitle file, as it came and as it was written anew."""
    _discard_all(f"subtitles/{file_id}")


def discard_task(task_id: UUID) -> None:
    """Discard all that a task made, finished or not."""
    _discard_all(f"outputs/{task_id}")
    discard(work_dir(task_id, 0).parent)


def discard_output(key: str) -> None:
    """Discard one file, and its folders where they are empty."""
    if bucket := registry.bucket():
        bucket.remove(key)
        return
    target = Path(library().path(key))
    discard(target)
    remove_if_empty(target.parent)
    remove_if_empty(target.parent.parent)


def _discard_all(folder: str) -> None:
    if bucket := registry.bucket():
        bucket.remove_all(f"{folder}/")
    else:
        discard(Path(library().path(folder)))


def discard(path: Path) -> None:
    """Take a file or folder out of the library at once; `empty_trash` frees its space."""
    with suppress(FileNotFoundError):
        path.rename(made_folder(_trash()) / str(uuid4()))


def empty_trash() -> None:
    """Free the space of what was discarded, which may take a while. No transaction waits for it."""
    if bucket := registry.bucket():
        bucket.sweep()
    trash = _trash()
    for path in trash.iterdir() if trash.exists() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _trash() -> Path:
    return Path(settings.VREWCRAFT_DATA_DIR) / "trash"

"""Copies of a remote store's files on this machine's disk, within a bound; processes share them.

A copy in use is held by a shared lock on the file itself, one that is being filled by an exclusive
lock on its part file, so that what a killed process held is free at once. The least recently used
go first. https://man7.org/linux/man-pages/man2/flock.2.html
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from videos.storage.base import ProgressCallback, ignore_progress

PART = ".part"
MUTEX = ".lock"
WAIT_SECONDS = 0.1

Fill = Callable[[Path, ProgressCallback], None]
"""Writes a file's bytes to a path, which is there and as long as the file will be."""


def configured_cache() -> Cache:
    """The cache that the settings describe."""
    folder = settings.VREWCRAFT_DATA_DIR / "cache"
    floor = settings.VREWCRAFT_DISK_FLOOR_BYTES
    return Cache(folder, settings.VREWCRAFT_CACHE_BYTES, floor)


@dataclass(frozen=True, slots=True)
class _Copy:
    """A file in the cache's folder: whole, or a part."""

    path: Path
    bytes: int
    used_ns: int


class Cache:
    """Copies in `folder`, together of at most `limit` bytes beside what is in use.

    They leave `floor` bytes of the disk free.
    """

    def __init__(self, folder: Path, limit: int, floor: int = 0) -> None:
        self._folder = folder
        self._limit = limit
        self._floor = floor

    def path(self, key: str) -> Path:
        """Where the copy of a key lies once it is held."""
        return self._folder / key

    def key(self, path: Path) -> str:
        """Whose copy that is."""
        return path.relative_to(self._folder).as_posix()

    @contextmanager
    def pinned(
        self, key: str, size: int, fill: Fill, on_progress: ProgressCallback = ignore_progress
    ) -> Iterator[Path]:
        """The file's copy, made by `fill` where it is missing, which stays as long as it is held.

        Raises OSError ENOSPC where the disk has no room for it, and what `fill` and `on_progress`
        raise.
        """
        path, file = self.path(key), None
        while file is None:
            file = _existing(path, size) or self._filled(path, size, fill, on_progress)
        with file:
            os.utime(path)
            on_progress(size)
            yield path
            os.utime(path)
        self.trim()

    def trim(self) -> None:
        """Remove the least recently used copies beyond the bound; those in use stay."""
        with self._mutex():
            self._make_room(0)

    def spare(self, size: int) -> None:
        """Let copies go until the disk has so many bytes free; those in use stay."""
        with self._mutex():
            for copy in self._oldest_first():
                if self._free() >= size:
                    return
                _removed(copy.path)

    def _filled(
        self, path: Path, size: int, fill: Fill, on_progress: ProgressCallback
    ) -> BinaryIO | None:
        """The copy once it has been made, locked; None where somebody else was quicker."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + PART)
        try:
            file = part.open("a+b")
        except FileNotFoundError:  # the folder was removed at this moment
            return None
        with ExitStack() as closing:
            closing.enter_context(file)
            if not _locked(file, part, on_progress):
                return None
            with _gone_on_failure(part):
                file.truncate(0)
                with self._mutex():
                    self._make_room(size)
                    file.truncate(size)  # what others count while it is being filled
                fill(part, on_progress)
                os.fsync(file.fileno())
                part.replace(path)
            fcntl.flock(file, fcntl.LOCK_SH)
            if not _is_linked(file):  # the lock is let go for a moment while it changes
                return None
            closing.pop_all()
        return file

    @contextmanager
    def _mutex(self) -> Iterator[None]:
        """One process at a time counts, removes and reserves."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / MUTEX).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make_room(self, size: int) -> None:
        """For so many bytes more, under the bound and on the disk."""
        copies = self._oldest_first()
        total = sum(copy.bytes for copy in copies) + size
        for copy in copies:
            if total <= self._limit and self._free() >= size + self._floor:
                return
            if _removed(copy.path):
                total -= copy.bytes
        if size and self._free() < size + self._floor:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _oldest_first(self) -> list[_Copy]:
        return sorted(self._copies(), key=lambda copy: copy.used_ns)

    def _free(self) -> int:
        return shutil.disk_usage(self._folder).free

    def _copies(self) -> Iterator[_Copy]:
        for folder, _folders, names in os.walk(self._folder):
            for name in names:
                path = Path(folder, name)
                if path.name != MUTEX:
                    with suppress(FileNotFoundError):
                        status = path.stat()
                        yield _Copy(path, status.st_size, status.st_mtime_ns)


def _existing(path: Path, size: int) -> BinaryIO | None:
    """The whole copy, locked, if there is one and it stayed until it was locked."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    fcntl.flock(file, fcntl.LOCK_SH)
    if _is_linked(file) and os.fstat(file.fileno()).st_size == size:
        return file
    file.close()
    return None


def _locked(file: BinaryIO, part: Path, on_progress: ProgressCallback) -> bool:
    """Lock the part file, once the process that fills it has failed; False where that has ended
    well.

    A part that is whole is renamed, and then used under its lock for as long as an edit takes.
    """
    while _is_at(file, part):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress(0)
            time.sleep(WAIT_SECONDS)
        else:
            return _is_at(file, part)
    return False


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _is_linked(file: BinaryIO) -> bool:
    return os.fstat(file.fileno()).st_nlink > 0


@contextmanager
def _gone_on_failure(part: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _removed(path: Path) -> bool:
    """Remove a copy unless it is in use; its folder too, where that is empty."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    with suppress(OSError):
        path.parent.rmdir()
        path.parent.parent.rmdir()
    return True

"""Part files: where the bytes of a resumable upload gather, one writer at a time."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO, UnsupportedOperation
from pathlib import Path
from typing import IO, cast
from uuid import UUID

from videos.core.errors import AppError
from videos.storage import inbox
from videos.storage.base import Readable
from videos.storage.inbox import disk_full_error

PIECE_BYTES = 256 * 1024
SENT_BYTES = 1024 * 1024
UNABLE = (errno.EINVAL, errno.ENOSYS)
# A smaller one may still lie in memory, and would be written to a file for its number alone.
IN_MEMORY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one request, in a file of their own; never all in memory."""

    file: IO[bytes]
    size: int

    def pieces(self) -> Iterator[bytes]:
        """All of it from the start, piece by piece."""
        self.file.seek(0)
        while piece := self.file.read(PIECE_BYTES):
            yield piece

    def is_next_of(self, file: Readable) -> bool:
        """Whether the next bytes of that file are just these."""
        return all(file.read(len(piece)) == piece for piece in self.pieces())


@contextmanager
def writing(path: Path) -> Iterator[FileIO]:
    """The part file, for one writer at a time in all processes; the kernel ends a dead one's lock.

    Whoever holds it has its bytes already, so it is held for moments only
    (https://man7.org/linux/man-pages/man2/flock.2.html). Raises AppError 423.
    """
    try:
        file = FileIO(path, "r+")
    except FileNotFoundError:
        raise AppError("upload_locked", 423) from None  # another request is finishing it
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AppError("upload_locked", 423) from None
        yield file


def write(file: FileIO, offset: int, content: Content) -> None:
    """Put the bytes at `offset`, where the file ends afterwards, and see them safe on the disk.

    Raises AppError 507 where they find no room; the file then ends at `offset` again.
    """
    try:
        with disk_full_error():
            _write(file, offset, content)
            if os.fstat(file.fileno()).st_size > offset + content.size:
                file.truncate(offset + content.size)
            os.fdatasync(file.fileno())
    except AppError:
        cut_back(file, offset)
        raise


def cut_back(file: FileIO, length: int) -> None:
    """Free what lies behind `length` bytes: it was never acknowledged."""
    if os.fstat(file.fileno()).st_size > length:
        file.truncate(length)


def bytes_there(upload_id: UUID) -> int:
    """How long the part file is; 0 where there is none."""
    try:
        return inbox.part_path(upload_id).stat().st_size
    except FileNotFoundError:
        return 0


def _write(file: FileIO, offset: int, content: Content) -> None:
    """Unbuffered: nothing is left to be written when the disk is full."""
    if content.size > IN_MEMORY_BYTES and sys.platform == "linux" and _sent(file, offset, content):
        return
    file.seek(offset)
    for piece in content.pieces():
        rest = memoryview(piece)
        while rest:
            rest = rest[file.write(rest) :]


def _sent(file: FileIO, offset: int, content: Content) -> bool:
    """From file to file within the kernel; the disk begins with the first bytes meanwhile.

    False where the filesystem cannot (https://man7.org/linux/man-pages/man2/sendfile.2.html).
    """
    try:
        source, done = content.file.fileno(), 0
    except UnsupportedOperation:  # it lies in memory
        return False
    file.seek(offset)
    while done < content.size:
        try:
            count = os.sendfile(file.fileno(), source, done, min(SENT_BYTES, content.size - done))
        except OSError as error:
            if error.errno not in UNABLE:
                raise
            return False
        if not count:
            raise OSError(errno.EIO, "The body became shorter while it was copied.")
        start_writing(file.fileno(), offset + done, count)
        done += count
    return True


# linux/fs.h: SYNC_FILE_RANGE_WRITE starts the writing of what is dirty and waits for nothing
# (https://man7.org/linux/man-pages/man2/sync_file_range.2.html).
WRITE = 2


def _found() -> Callable[[int, int, int, int], int] | None:
    """Linux has it; None elsewhere."""
    function = getattr(ctypes.CDLL(None), "sync_file_range", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return cast("Callable[[int, int, int, int], int] | None", function)


_sync_file_range = _found()


def start_writing(fd: int, start: int, length: int) -> None:
    """Let the system write this part of a file now; a hint, whose failure the next fsync meets."""
    if _sync_file_range is not None:
        _sync_file_range(fd, start, length, WRITE)

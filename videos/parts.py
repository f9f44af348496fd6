"""Part files: where the bytes of a resumable upload gather, one writer at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO
from uuid import UUID

from videos import incoming
from videos.errors import Refusal
from videos.incoming import full_disk_refused

PIECE_BYTES = 256 * 1024


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


@contextmanager
def writing(path: Path) -> Iterator[FileIO]:
    """The part file, for one writer at a time in all processes; the kernel ends a dead one's lock.

    Whoever holds it has its bytes already, so it is held for moments only
    (https://man7.org/linux/man-pages/man2/flock.2.html). Raises Refusal 423.
    """
    try:
        file = FileIO(path, "r+")
    except FileNotFoundError:
        raise Refusal("upload_locked", 423) from None  # another request is finishing it
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("upload_locked", 423) from None
        yield file


def write(file: FileIO, offset: int, content: Content) -> None:
    """Put the bytes at `offset`, where the file ends afterwards, and see them safe on the disk.

    Raises Refusal 507 where they find no room; the file then ends at `offset` again.
    """
    try:
        with full_disk_refused():
            _write(file, offset, content)
            if os.fstat(file.fileno()).st_size > offset + content.size:
                file.truncate(offset + content.size)
            os.fdatasync(file.fileno())
    except Refusal:
        cut_back(file, offset)
        raise


def cut_back(file: FileIO, length: int) -> None:
    """Free what lies behind `length` bytes: nobody was told that it is there."""
    if os.fstat(file.fileno()).st_size > length:
        file.truncate(length)


def bytes_there(upload_id: UUID) -> int:
    """How long the part file is; 0 where there is none."""
    try:
        return incoming.part_path(upload_id).stat().st_size
    except FileNotFoundError:
        return 0


def _write(file: FileIO, offset: int, content: Content) -> None:
    """Unbuffered: nothing is left to be written when the disk is full."""
    file.seek(offset)
    for piece in content.pieces():
        rest = memoryview(piece)
        while rest:
            rest = rest[file.write(rest) :]

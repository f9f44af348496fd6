"""What a store of the library's files does, whatever it keeps them in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol, Self

ProgressCallback = Callable[[int], None]
"""Called about ten times a second with the bytes that have moved; may raise to stop it."""

CHUNK_BYTES = 1024 * 1024


class Readable(Protocol):
    """A file from some byte on."""

    def read(self, size: int, /) -> bytes:
        """So many bytes more, fewer only at its end."""
        ...


class StorageDown(OSError):
    """The storage does not answer, or refuses us. Worth waiting for."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a store: its key, size in bytes, and when it was written."""

    key: str
    bytes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An upload in parts that was begun and neither completed nor aborted."""

    key: str
    upload_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """How a link gives a file: saved or shown (`inline`) under `name`, for so many seconds."""

    name: str
    media_type: str
    inline: bool
    seconds: int


def ignore_progress(_bytes: int) -> None:
    """The callback of those who do not ask for progress."""


class FileStore(Protocol):
    """Files by key (see keys.py); each is there whole or not at all, and never changes.

    Sizes are bytes. A prefix is a folder of keys and ends in "/"; the empty one means all keys.
    Every method may raise StorageDown where the storage cannot be reached, and the callback of a
    method that moves a file may raise whatever stops it: then nothing is left half done.

    One object serves all threads of a process. A class that inherits from this one must have what
    is declared with `...`; the rest works as it stands. One that is not this machine's own disk
    inherits most of that too, from RemoteStore.
    """

    @property
    def is_instant(self) -> bool:
        """Whether files lie on the disk where they arrive and are worked on.

        Then `put` is a rename and `local_path` is the file itself. Where it is not so, moving a
        file takes time: uploads are transferred after they have arrived, and tasks have steps that
        fetch their sources and store their results.
        """
        ...

    @classmethod
    def from_settings(cls) -> Self:
        """The store that Django's settings describe."""
        ...

    def put(self, path: Path, key: str, on_progress: ProgressCallback = ignore_progress) -> int:
        """Keep the file at `path` under `key`; gives its bytes.

        An instant store moves the file, so `path` is gone; others copy it and leave it there.
        """
        ...

    def open(self, key: str, offset: int = 0) -> AbstractContextManager[Readable]:
        """A file from a byte on, read as it is asked for. Raises FileNotFoundError."""
        ...

    def size(self, key: str) -> int:
        """A file's bytes. Raises FileNotFoundError."""
        ...

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Every file under a prefix; those of one folder come together."""
        ...

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is no error."""
        ...

    def local_path(self, key: str) -> Path:
        """Where programs on this machine read a file while `local_copy` lasts."""
        ...

    def local_copy(
        self, key: str, size: int, on_progress: ProgressCallback = ignore_progress
    ) -> AbstractContextManager[Path]:
        """The file of that many bytes on this machine's disk: itself, or a copy that stays so long.

        Raises FileNotFoundError, and OSError ENOSPC where the disk has no room for it.
        """
        ...

    def read_mark(self) -> int:
        """The number that `write_mark` left; 0 in a new store."""
        ...

    def write_mark(self, number: int) -> None:
        """Keep a number beside the files: see restore_guard.py."""
        ...

    def read(self, key: str) -> bytes:
        """All of a small file. Raises FileNotFoundError."""
        with self.open(key) as file:
            return b"".join(chunks(file))

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def delete_prefix(self, prefix: str) -> None:
        """Remove all files under a prefix, and what unfinished uploads left there."""
        for item in [*self.list(prefix)]:
            self.delete(item.key)

    def url(self, key: str, link: Link) -> str | None:
        """A link by which anybody may get this one file; None where there are no links."""
        return None

    def address(self, key: str) -> str:
        """What a person at a terminal finds a file by."""
        return key

    def make_room(self, size: int) -> None:
        """Let go of copies that nobody uses until this machine's disk has so many bytes free."""

    def unfinished(self, prefix: str = "") -> Iterable[Unfinished]:
        """Uploads in parts under a prefix that were begun and have not ended."""
        return ()

    def abort(self, upload: Unfinished) -> None:
        """Free what an unfinished upload occupies; one that has ended meanwhile is no error."""

    def sweep(self) -> None:
        """Free what killed processes left in the store. Called often; may take a while."""

    def check(self) -> None:
        """Raises OSError where the store cannot be used."""

    def create(self) -> bool:
        """Make the place that files lie in, where that is missing; whether it was."""
        return False


def chunks(file: Readable) -> Iterator[bytes]:
    """All that is left of a file, piece by piece."""
    return iter(partial(file.read, CHUNK_BYTES), b"")

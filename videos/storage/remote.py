"""What stores have in common that are not this machine's own disk."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Self
from uuid import uuid4

from videos.storage import inbox, keys
from videos.storage.base import FileStore, ProgressCallback, chunks, ignore_progress
from videos.storage.cache import Cache, configured_cache


class RemoteStore(FileStore):
    """Files that programs read from copies in a cache on this machine's disk.

    A store that inherits from it needs put, open, size, list and delete.
    """

    is_instant = False

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    @classmethod
    def from_settings(cls) -> Self:
        """With the cache that the settings describe."""
        return cls(configured_cache())

    def local_path(self, key: str) -> Path:
        """In the cache."""
        return self.cache.path(key)

    def local_copy(
        self, key: str, size: int, on_progress: ProgressCallback = ignore_progress
    ) -> AbstractContextManager[Path]:
        """Fetched, unless the cache has it; it stays there as long as somebody uses it."""
        return self.cache.pinned(key, size, partial(self.fetch, key), on_progress)

    def fetch(self, key: str, path: Path, on_progress: ProgressCallback = ignore_progress) -> None:
        """Copy a file to `path`, which is there and is filled in place."""
        moved = 0
        with self.open(key) as source, path.open("r+b") as target:
            for chunk in chunks(source):
                target.write(chunk)
                moved += len(chunk)
                on_progress(moved)

    def make_room(self, size: int) -> None:
        """Copies that nobody uses go."""
        self.cache.spare(size)

    def read_mark(self) -> int:
        """From a file under a key of its own."""
        try:
            return int(self.read(keys.MARK))
        except FileNotFoundError:
            return 0

    def write_mark(self, number: int) -> None:
        """Under a key of its own."""
        path = inbox.folder() / f"{uuid4()}.part"
        try:
            path.write_text(str(number))
            self.put(path, keys.MARK)
        finally:
            path.unlink(missing_ok=True)

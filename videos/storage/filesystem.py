"""The library as a folder of this machine, or of a file server that its machines share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from videos.storage import discarded, keys
from videos.storage.base import FileStore, ProgressCallback, Stored, ignore_progress
from videos.storage.disk import made_folder, remove_if_empty, sync_folder


class FolderStore(FileStore):
    """Files below `data_dir`/library; publishing is a rename, so nothing has to be transferred."""

    is_instant = True

    def __init__(self, data_dir: Path) -> None:
        self._mark = data_dir / keys.MARK
        self._folder = FileSystemStorage(data_dir / "library")

    @classmethod
    def from_settings(cls) -> Self:
        """In the data folder."""
        return cls(Path(settings.VREWCRAFT_DATA_DIR))

    def put(self, path: Path, key: str, on_progress: ProgressCallback = ignore_progress) -> int:
        """Move the file; it and its name outlive a crash of the machine."""
        target = self.local_path(key)
        made_folder(target.parent)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        size = path.stat().st_size
        path.replace(target)
        for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
            sync_folder(folder)
        return size

    @contextmanager
    def open(self, key: str, offset: int = 0) -> Iterator[BinaryIO]:
        """The file itself."""
        with self.local_path(key).open("rb") as file:
            file.seek(offset)
            yield file

    def read(self, key: str) -> bytes:
        """All of it at once."""
        return self.local_path(key).read_bytes()

    def size(self, key: str) -> int:
        """As the filesystem says."""
        return self.local_path(key).stat().st_size

    def exists(self, key: str) -> bool:
        """As the filesystem says."""
        return self.local_path(key).exists()

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Folder by folder."""
        root = Path(self._folder.location)
        for folder, _folders, names in os.walk(self._below(prefix)):
            for name in names:
                path = Path(folder, name)
                with suppress(FileNotFoundError):
                    status = path.stat()
                    # Of the inode's change, which a move into the library is: stat(2), st_ctime
                    at = datetime.fromtimestamp(status.st_ctime, UTC)
                    yield Stored(path.relative_to(root).as_posix(), status.st_size, at)

    def delete(self, key: str) -> None:
        """Its folders go too where they are empty."""
        target = self.local_path(key)
        target.unlink(missing_ok=True)
        remove_if_empty(target.parent)
        remove_if_empty(target.parent.parent)

    def delete_prefix(self, prefix: str) -> None:
        """Gone at once; `discarded.free_space` frees the space."""
        discarded.discard(self._below(prefix))

    def local_path(self, key: str) -> Path:
        """The file itself. A key that leads out of the library is refused."""
        return Path(self._folder.path(key))

    @contextmanager
    def local_copy(
        self, key: str, size: int, on_progress: ProgressCallback = ignore_progress
    ) -> Iterator[Path]:
        """The file itself."""
        path = self.local_path(key)
        on_progress(path.stat().st_size)
        yield path

    def address(self, key: str) -> str:
        """Its path."""
        return str(self.local_path(key))

    def read_mark(self) -> int:
        """From beside the library's folder."""
        try:
            return int(self._mark.read_bytes())
        except FileNotFoundError:
            return 0

    def write_mark(self, number: int) -> None:
        """Beside the library's folder, so that it is none of its files."""
        new = self._mark.with_name(f"{uuid4()}.mark")
        new.write_text(str(number))
        new.replace(self._mark)

    def _below(self, prefix: str) -> Path:
        return self.local_path(prefix.rstrip("/"))

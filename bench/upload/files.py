"""Files that are uploaded, and what became of them."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path

from bench.harness.client import MIB
from tests.servers.app import RunningServer


def random_file(path: Path, size: int, seed: int = 0) -> Path:
    """A file of bytes that nothing can shorten, on the disk already."""
    numbers = random.Random(seed)
    with path.open("wb") as file:
        for start in range(0, size, MIB):
            file.write(numbers.randbytes(min(MIB, size - start)))
    sync(path)
    return path


def sync(path: Path) -> None:
    """Wait until all of it is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def source_of(server: RunningServer, video_id: str) -> Path:
    """A finished upload in the library."""
    (path,) = (server.data_dir / "library" / "sources" / video_id).rglob("source.*")
    return path


def is_stored(server: RunningServer, video_id: str, path: Path) -> bool:
    """Whether the upload has the bytes of a file, by SHA-256."""
    return _sha256(source_of(server, video_id)) == _sha256(path)


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()

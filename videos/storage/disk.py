"""Files and folders of this machine's disk: made, emptied, made durable, hashed."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path


def make_durable(path: Path) -> None:
    """Make an empty file that outlives a crash of the machine."""
    path.touch()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename durable (https://man7.org/linux/man-pages/man2/fsync.2.html)."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def remove_if_empty(folder: Path) -> None:
    """Another attempt may be using it, or have removed it already."""
    with suppress(OSError):
        folder.rmdir()


def made_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

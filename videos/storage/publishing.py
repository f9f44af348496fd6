"""Bringing files of this machine into the library, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from videos.storage import inbox, registry
from videos.storage.base import ProgressCallback, ignore_progress


def publish(path: Path, key: str, on_progress: ProgressCallback = ignore_progress) -> int:
    """Move a finished file into the library; gives its bytes. Raises StorageDown.

    That takes a while unless the store is instant: `on_progress` is called meanwhile.
    """
    size = registry.store().put(path, key, on_progress)
    path.unlink(missing_ok=True)
    return size


def publish_bytes(content: bytes, key: str) -> None:
    """Put a small file into the library. Raises OSError (a full disk)."""
    path = inbox.folder() / f"{uuid4()}.part"
    try:
        path.write_bytes(content)
        publish(path, key)
    finally:
        path.unlink(missing_ok=True)

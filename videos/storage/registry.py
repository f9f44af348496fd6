"""What holds the library's files beside this machine's disk: nothing, or a bucket."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.core.files.storage import FileSystemStorage, Storage, storages

if TYPE_CHECKING:
    from videos.storage.s3 import Bucket

__all__ = ["bucket", "local_path"]


def bucket() -> Bucket | None:
    """The bucket that holds the library; None where the library is a folder."""
    storage = storages["default"]
    return None if isinstance(storage, FileSystemStorage) else _bucket(storage)


def library() -> FileSystemStorage:
    """The folder of sources and outputs, by key; where the library is a bucket, there is none."""
    return cast("FileSystemStorage", storages["default"])


def local_path(key: str) -> Path:
    """Where programs on this machine read a file: itself, or its copy once that is staged."""
    held = bucket()
    if held is not None:
        return held.cache.path(key)
    return Path(cast("FileSystemStorage", storages["default"]).path(key))


@cache
def _bucket(storage: Storage) -> Bucket:
    """One for each process: its connections are shared by all threads."""
    from videos.storage.s3 import Bucket  # noqa: PLC0415 (brings boto3)

    return Bucket.of(storage, storages["links"])

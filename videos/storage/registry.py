"""Which store holds the library: one line here for each that there is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from videos.storage.base import FileStore
from videos.storage.s3_options import S3Options

STORES = {
    "local": "videos.storage.filesystem.FolderStore",
    "s3": "videos.storage.s3.S3Store",
}
"""The classes by what VREWCRAFT_STORAGE names them; imported when they are used."""


def store() -> FileStore:
    """The store that holds the library: one for each process, shared by all its threads."""
    data_dir = Path(settings.VREWCRAFT_DATA_DIR)
    return _made(settings.VREWCRAFT_STORAGE, data_dir, settings.VREWCRAFT_S3)


@cache
def _made(name: str, _data_dir: Path, _s3: S3Options | None) -> FileStore:
    """One for the same settings; what is not named here is settled for the process."""
    kind = cast("type[FileStore]", import_string(STORES[name]))
    return kind.from_settings()

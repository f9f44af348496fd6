"""Which database a library has last been looked after with: a count that both keep.

After a restore of an older database, files without rows may be somebody's newest videos. The
library has counted further than such a database, and nothing is removed until somebody has looked.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from videos.models import LibraryMark
from videos.storage import registry

NAME = "library.mark"
"""Its key in a bucket. A folder has it beside itself, in the data folder."""


def step() -> bool:
    """Count one further in both; False, and nothing counted, where the database is behind."""
    with transaction.atomic():
        row = _row()
        if _of_library() > row.number:
            return False
        row.number += 1
        row.save()
    # After the commit: the library must never be ahead of the database that it belongs to.
    _write(row.number)
    return True


def is_behind() -> bool:
    """Whether this database is older than the library."""
    counted = LibraryMark.objects.values_list("number", flat=True).first()
    return _of_library() > (counted or 0)


@transaction.atomic
def accept() -> None:
    """Take this database for the library's own from now on."""
    row = _row()
    row.number = max(row.number, _of_library())
    row.save()


def _row() -> LibraryMark:
    LibraryMark.objects.get_or_create(pk=1)
    return LibraryMark.objects.select_for_update().get(pk=1)


def _of_library() -> int:
    bucket = registry.bucket()
    with suppress(FileNotFoundError):
        return int(bucket.read(NAME) if bucket else _path().read_bytes())
    return 0


def _write(number: int) -> None:
    new = _path().with_name(f"{uuid4()}.mark")
    new.write_text(str(number))
    if bucket := registry.bucket():
        bucket.put(new, NAME)
        new.unlink()
    else:
        new.replace(_path())


def _path() -> Path:
    return Path(settings.VREWCRAFT_DATA_DIR) / NAME

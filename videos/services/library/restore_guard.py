"""Which database a library has last had its maintenance with: a count that both keep.

After a restore of an older database, files without rows may be somebody's newest videos. The
library has counted further than such a database, and nothing is removed until somebody has looked.
"""

from __future__ import annotations

from django.db import transaction

from videos.models import LibraryMark
from videos.storage import registry


def step() -> bool:
    """Count one further in both; False, and nothing counted, where the database is behind."""
    with transaction.atomic():
        row = _row()
        if registry.store().read_mark() > row.number:
            return False
        row.number += 1
        row.save()
    # After the commit: the library must never be ahead of the database that it belongs to.
    registry.store().write_mark(row.number)
    return True


def is_behind() -> bool:
    """Whether this database is older than the library."""
    counted = LibraryMark.objects.values_list("number", flat=True).first()
    return registry.store().read_mark() > (counted or 0)


@transaction.atomic
def accept() -> None:
    """Take this database for the library's own from now on."""
    row = _row()
    row.number = max(row.number, registry.store().read_mark())
    row.save()


def _row() -> LibraryMark:
    LibraryMark.objects.get_or_create(pk=1)
    return LibraryMark.objects.select_for_update().get(pk=1)

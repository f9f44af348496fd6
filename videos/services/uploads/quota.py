"""Space: what a person keeps and may keep, and what the disk has left for uploads. Sizes in bytes.

Uploads under way count with what is reserved for them, so that an accepted upload finds room to the
end. What was deleted counts no more, though its files go a moment later.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Sum

from videos.core.errors import AppError
from videos.core.formatting import readable_size
from videos.models import Output, Quota, SubtitleFile, Upload, Video
from videos.storage import inbox, registry

# Of the lock that reservations queue at; any number that nothing else in the database uses.
LOCK = 0x5652_4557


@dataclass(frozen=True, slots=True)
class Room:
    """A person's share of the disk."""

    used: int
    quota: int | None
    """None: the disk alone decides."""
    free: int
    """What uploads may still take of the disk: above its floor, without what others reserved."""
    leaves_disk: bool = False
    """Whether what is kept leaves this disk again."""

    @property
    def left(self) -> int:
        """How much more this person may upload."""
        allowed = self.free if self.quota is None else min(self.free, self.quota - self.used)
        return max(0, allowed)

    @property
    def total(self) -> int | None:
        """What the person can keep in all; None where nobody knows: only this disk has an end."""
        if self.leaves_disk:
            return self.quota
        everything = self.used + max(0, self.free)
        return everything if self.quota is None else min(self.quota, everything)


def room(owner_id: UUID) -> Room:
    """How things stand for one person."""
    leaves_disk = not registry.store().is_instant
    return Room(used(owner_id), quota(owner_id), free(), leaves_disk)


def used(owner_id: UUID) -> int:
    """What a person keeps: sources, results, subtitle files, and what is reserved for uploads."""
    mine = {"video__owner": owner_id, "video__deleted_at__isnull": True}
    sources = Video.objects.filter(owner=owner_id, deleted_at__isnull=True)
    outputs = Output.objects.filter(**mine, deleted_at__isnull=True)
    subtitles = SubtitleFile.objects.filter(**mine, deleted_at__isnull=True)
    uploads = _under_way().filter(video__owner=owner_id)
    return (
        _sum(sources, "bytes")
        + _sum(outputs, "bytes")
        + _sum(subtitles, "bytes")
        + _sum(uploads, "reserved")
    )


def quota(owner_id: UUID) -> int | None:
    """What a person may keep; None where the disk alone decides."""
    own = Quota.objects.filter(owner=owner_id).values_list("bytes", flat=True).first()
    return (settings.VREWCRAFT_QUOTA_BYTES if own is None else own) or None


def free() -> int:
    """What this disk can take; below 0 where edits have used what was to be kept free."""
    here = _under_way().filter(place__in={"", inbox.place()})
    promised = _sum(here, F("reserved") - F("received"))
    there = shutil.disk_usage(inbox.folder()).free
    return there - settings.VREWCRAFT_DISK_FLOOR_BYTES - promised


def reserve(owner_id: UUID, required: int) -> None:
    """See that there is room for `required` more bytes; the caller's transaction writes them down.

    One at a time in all processes, until that transaction ends. Raises AppError 507.
    """
    keep_within_quota(owner_id, required)
    if required > free():
        raise AppError("disk_full", 507)


def keep_within_quota(owner_id: UUID, wanted: int) -> None:
    """The same for bytes that are on the disk already: the quota alone. Raises AppError 507."""
    _one_at_a_time()
    most = quota(owner_id)
    if most is not None and (already_used := used(owner_id)) + wanted > most:
        raise AppError(
            "quota_full",
            507,
            used=readable_size(already_used),
            quota=readable_size(most),
            wanted=readable_size(wanted),
        )


def _one_at_a_time() -> None:
    """SQLite's writing transactions are so by themselves; PostgreSQL needs a lock, until the
    commit.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("space is reserved in a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _under_way() -> models.QuerySet[Upload]:
    return Upload.objects.filter(finished_at__isnull=True, video__deleted_at__isnull=True)


def _sum(rows: models.QuerySet[models.Model], what: str | models.expressions.Combinable) -> int:
    return rows.aggregate(total=Sum(what))["total"] or 0

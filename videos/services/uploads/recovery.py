"""Recovery of interrupted uploads: finish, repair, expire, forget them."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from videos.core.errors import AppError
from videos.models import ExpiredUpload, Upload
from videos.services.library.deletion import delete_video
from videos.services.uploads import part_file, service
from videos.storage import inbox

# A request that has counted the last byte finishes the upload within this, or has died.
FINISHING_SECONDS = 60
# Where a part file has no row for so long, the creation of its upload was interrupted.
STRAY_SECONDS = 24 * 3600
# How long an expired upload is answered with 410; after that it is unknown.
REMEMBERED = timedelta(days=30)


def reconcile() -> int:
    """Bring every row and its part file together after a crash; gives how many were set right.

    What was written but never counted is cut off, what was counted but is not there is asked for
    again. Uploads that another process writes to meanwhile are left to it, those that are being
    transferred into the library to whoever does that.
    """
    uploads = _here().exclude(stored__isnull=False, received=F("length"))
    rows = uploads.select_related("video").defer("video__probe")
    return sum([_repair(upload) for upload in rows])


def finish_uploads() -> int:
    """Finish what is whole on disk but was left by its request, which must have died."""
    whole = _here().filter(
        stored__isnull=True,
        received=F("length"),
        updated_at__lt=Now() - timedelta(seconds=FINISHING_SECONDS),
    )
    rows = list(whole.select_related("video"))
    for upload in rows:
        service.finish(upload)
    return len(rows)


def expire_uploads() -> int:
    """Delete uploads that were not finished in time, and part files that belong to none."""
    late = _under_way().filter(expires_at__lt=Now()).exclude(length=F("received"))
    expired = list(late.select_related("video"))
    for upload in expired:
        _expire(upload)
    ExpiredUpload.objects.filter(expired_at__lt=Now() - REMEMBERED).delete()
    return len(expired) + remove_strays()


def remove_strays() -> int:
    """Delete part files on this machine that belong to no upload; gives how many."""
    return sum(_remove_stray(path) for path in inbox.parts())


def _under_way() -> QuerySet[Upload]:
    return Upload.objects.filter(
        method=Upload.Method.TUS, finished_at__isnull=True, video__deleted_at__isnull=True
    )


def _here() -> QuerySet[Upload]:
    """Those whose bytes gather on this machine, or wherever its folder is shared."""
    return _under_way().filter(place__in={"", inbox.place()})


def _repair(upload: Upload) -> bool:
    there = part_file.bytes_there(upload.pk)
    if there == upload.received != upload.length:
        return False
    service.settle(upload)
    if upload.is_under_way:
        with suppress(AppError), part_file.writing(inbox.part_path(upload.pk)) as file:
            upload.refresh_from_db(fields=["received"])
            part_file.cut_back(file, upload.received)
    return True


@transaction.atomic
def _expire(upload: Upload) -> None:
    ExpiredUpload.objects.get_or_create(pk=upload.pk, owner_id=upload.video.owner_id)
    delete_video(upload.video)


def _remove_stray(path: Path) -> bool:
    with suppress(FileNotFoundError, ValueError):
        old = time.time() - path.stat().st_mtime > STRAY_SECONDS
        if old and not Upload.objects.filter(pk=UUID(path.stem)).exists():
            path.unlink()
            return True
    return False

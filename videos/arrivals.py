"""Resumable uploads: bytes gather in a part file until it is a video's source.

What is acknowledged is kept: bytes are written and synced, then counted, then answered for. The
counted bytes are the truth; what a killed request wrote beyond them is written over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import FileIO
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from videos import files, incoming, operations
from videos.actions import media_type, plain_suffix
from videos.deletion import delete_video
from videos.enqueue import enqueue
from videos.errors import Refusal
from videos.incoming import full_disk_refused
from videos.models import Upload, Video
from videos.models.announce import announce_upload, announce_video
from videos.models.video import Viewer, library, owner_key
from videos.names import clean_name

EXPIRES = timedelta(hours=24)
# A request that has counted the last byte finishes the upload within this, or has died.
FINISHING_SECONDS = 60
# Where a part file has no row for so long, the creation of its upload was interrupted.
STRAY_SECONDS = 24 * 3600


def create(user: Viewer, length: int, *, name: str, metadata: str = "") -> Upload:
    """Begin an upload of `length` bytes; its video exists from now on. Raises Refusal 507."""
    if shutil.disk_usage(incoming.folder()).free < length:
        raise Refusal("disk_full", 507)
    with transaction.atomic():
        video = Video.objects.create(owner_id=owner_key(user), name=clean_name(name))
        upload = Upload.objects.create(
            video=video,
            method=Upload.Method.TUS,
            length=length,
            metadata=metadata,
            expires_at=timezone.now() + EXPIRES,
            seq=1,
        )
        files.make_durable(incoming.part_path(upload.pk))
        announce_video(video)
        announce_upload(upload)
    if length == 0:
        finish(upload)
    return upload


def append(upload: Upload, offset: int, content: bytes) -> None:
    """Add bytes at `offset`, which must be where the upload stands; the last ones finish it.

    Raises Refusal: 409 `wrong_offset`, 413 `past_the_length`, 423 `upload_locked` while another
    request writes, 507 `disk_full`. After each of them the upload stands where it stood.
    """
    settle(upload)
    if not upload.is_under_way:
        _must_stand_at(upload, offset, content)
        return
    with _writing(upload) as file:
        _read_again(upload)
        _must_stand_at(upload, offset, content)
        _write(file, offset, content)
        _count(upload, offset + len(content))
        if upload.received == upload.length:
            finish(upload)


def settle(upload: Upload) -> None:
    """Bring row and file together after a crash: finish what is whole, forget what is not there."""
    if not upload.is_under_way:
        return
    if upload.received == upload.length:
        finish(upload)
        return
    if _bytes_there(upload) >= upload.received:
        return
    with suppress(Refusal), _writing(upload):
        _read_again(upload)
        if _bytes_there(upload) < upload.received:
            _count(upload, _bytes_there(upload))


def finish(upload: Upload) -> None:
    """Take the whole file into the library and have it probed. Done twice, it is done once.

    Where the disk has lost the file or its end, the upload goes back to what is there.
    """
    video, there = upload.video, _bytes_there(upload)
    if 0 < there < upload.received:
        _count(upload, there)
        return
    key = files.source_key(video.pk, plain_suffix(video.name))
    with suppress(FileNotFoundError):  # another request, or one before a crash, has moved it
        files.publish(incoming.part_path(upload.pk), key)
    if not _is_published(upload):
        _count(upload, 0)
        return
    with transaction.atomic():
        Video.objects.select_for_update().get(pk=video.pk)
        upload.refresh_from_db()
        if not upload.is_under_way:
            return
        video.take_source(key, upload.received, media_type(video.name))
        _change(upload, finished_at=Now())
        enqueue(operations.get("probe"), video, [video], {})


def terminate(upload: Upload) -> None:
    """Give an upload up, finished or not: its video is deleted, and can be restored at first."""
    delete_video(upload.video)


def finish_uploads() -> int:
    """Finish what is whole on disk but was left by its request, which must have died."""
    whole = Upload.objects.filter(
        received=F("length"),
        finished_at__isnull=True,
        video__deleted_at__isnull=True,
        updated_at__lt=Now() - timedelta(seconds=FINISHING_SECONDS),
    )
    found = list(whole.select_related("video"))
    for upload in found:
        finish(upload)
    return len(found)


def expire_uploads() -> int:
    """Delete uploads that were not finished in time, and part files that belong to none."""
    late = Upload.objects.filter(
        expires_at__lt=Now(), finished_at__isnull=True, video__deleted_at__isnull=True
    ).exclude(received=F("length"))
    expired = list(late.select_related("video"))
    for upload in expired:
        delete_video(upload.video)
    return len(expired) + sum(_remove_stray(path) for path in incoming.parts())


def _remove_stray(path: Path) -> bool:
    with suppress(FileNotFoundError, ValueError):
        old = time.time() - path.stat().st_mtime > STRAY_SECONDS
        if old and not Upload.objects.filter(pk=UUID(path.stem)).exists():
            path.unlink()
            return True
    return False


def _must_stand_at(upload: Upload, offset: int, content: bytes) -> None:
    if offset != upload.received:
        raise Refusal("wrong_offset", 409, offset=upload.received)
    length = upload.length or 0
    if offset + len(content) > length:
        raise Refusal("past_the_length", 413, length=length)


@contextmanager
def _writing(upload: Upload) -> Iterator[FileIO]:
    """The part file, for one writer at a time in all processes; the kernel ends a dead one's lock.

    https://man7.org/linux/man-pages/man2/flock.2.html
    """
    path = incoming.part_path(upload.pk)
    if not path.exists() and not _is_published(upload):
        files.make_durable(path)
    try:
        file = FileIO(path, "r+")
    except FileNotFoundError:
        raise Refusal("upload_locked", 423) from None  # another request is finishing it
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("upload_locked", 423) from None
        yield file


def _is_published(upload: Upload) -> bool:
    key = files.source_key(upload.video_id, plain_suffix(upload.video.name))
    return Path(library().path(key)).exists()


def _write(file: FileIO, offset: int, content: bytes) -> None:
    """Unbuffered: nothing is left to be written when the disk is full."""
    rest = memoryview(content)
    with full_disk_refused():
        file.seek(offset)
        while rest:
            rest = rest[file.write(rest) :]
        file.truncate()
        os.fsync(file.fileno())


def _bytes_there(upload: Upload) -> int:
    try:
        return incoming.part_path(upload.pk).stat().st_size
    except FileNotFoundError:
        return 0


def _read_again(upload: Upload) -> None:
    """The row as it is now. Raises Refusal 404 where it has been removed."""
    try:
        upload.refresh_from_db()
    except Upload.DoesNotExist:
        raise Refusal("no_such_upload", 404) from None


def _count(upload: Upload, received: int) -> None:
    seconds = (timezone.now() - upload.updated_at).total_seconds()
    rate = upload.rate.after(received - upload.received, seconds)
    _change(
        upload,
        received=received,
        expires_at=Now() + EXPIRES,
        bytes_per_second=rate.per_second,
        measured_seconds=rate.seconds,
    )


@transaction.atomic
def _change(upload: Upload, **values: object) -> None:
    Upload.objects.filter(pk=upload.pk).update(seq=F("seq") + 1, updated_at=Now(), **values)
    upload.refresh_from_db(fields=["seq", "updated_at", *values])
    announce_upload(upload)


def limit() -> int:
    """The most bytes that an upload may have."""
    return int(settings.VREWCRAFT_UPLOAD_LIMIT)

"""Resumable uploads: bytes gather in a part file until it is a video's source.

What is acknowledged is kept: bytes are written and synced, then counted, then answered for. The
counted bytes are the truth; what a killed request wrote beyond them is written over. A power cut
may take the count back to an earlier one, never that of bytes that the client may have forgotten.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from io import FileIO

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from videos.core import transactions
from videos.core.errors import AppError
from videos.core.filenames import clean_name, media_type, plain_suffix
from videos.core.formatting import readable_size
from videos.models import Upload, Video, upload_count
from videos.models.signals import announce_upload, announce_video
from videos.models.video import Viewer, owner_key
from videos.operations import registry as operations
from videos.services.library.deletion import delete_video
from videos.services.tasks.enqueue import TaskRequest, enqueue
from videos.services.uploads import part_file, quota
from videos.services.uploads.part_file import Content
from videos.storage import disk, inbox, keys, publishing, registry


def limit() -> int:
    """The most bytes that an upload may have."""
    return int(settings.VREWCRAFT_UPLOAD_LIMIT)


def create(user: Viewer, length: int | None, *, name: str, metadata: str = "") -> Upload:
    """Begin an upload of `length` bytes (None: said later); its video exists from now on.

    Raises AppError: 413 `too_large`, 507 `disk_full` or `quota_full`.
    """
    if length is not None and length > limit():
        raise AppError("too_large", 413, limit=readable_size(limit()))
    with transaction.atomic():
        quota.reserve(owner_key(user), length or 0)
        video = Video.objects.create(owner_id=owner_key(user), name=clean_name(name))
        upload = Upload.objects.create(
            video=video,
            method=Upload.Method.TUS,
            length=length,
            reserved=length or 0,
            metadata=metadata,
            place=inbox.place(),
            stored=None if registry.store().is_instant else 0,
            expires_at=timezone.now() + _lifetime(),
            seq=1,
        )
        disk.make_durable(inbox.part_path(upload.pk))
        announce_video(video)
        announce_upload(upload)
    if length == 0:
        finish(upload)
    return upload


def append(upload: Upload, offset: int, content: Content, length: int | None = None) -> None:
    """Add bytes at `offset`, which must be where the upload stands; the last ones finish it.

    `length` is that of the whole upload where it was not said at the creation. The request that
    finished an upload may be repeated. Raises AppError: 400 `length_conflict`, 409 `wrong_offset`,
    413 `past_the_length` or `too_large`, 423 `upload_locked` while another request writes, 507
    `disk_full` or `quota_full`. After each of them the upload stands where it stood.
    """
    settle(upload)
    if _is_whole(upload):
        _must_be_repeated(upload, offset, content, length)
        return
    _have_part(upload)
    with part_file.writing(inbox.part_path(upload.pk)) as file:
        _read_again(upload)
        _take(upload, file, offset, content, length)


def settle(upload: Upload) -> None:
    """Bring row and file together after a crash: finish what is whole, forget what is not there."""
    if not upload.is_under_way:
        return
    if upload.received == upload.length:
        finish(upload)
        return
    if part_file.bytes_there(upload.pk) >= upload.received:
        return
    _have_part(upload)
    with suppress(AppError), part_file.writing(inbox.part_path(upload.pk)):
        _read_again(upload)
        if part_file.bytes_there(upload.pk) < upload.received:
            _count(upload, part_file.bytes_there(upload.pk))


def finish(upload: Upload) -> None:
    """Take the whole file into the library and have it probed. Done twice, it is done once.

    Where the disk has lost the file or its end, the upload goes back to what is there. A thread
    transfers it unless the store is instant: see transfer.py.
    """
    if upload.stored is not None:
        inbox.arrived.set()
        return
    there = part_file.bytes_there(upload.pk)
    if 0 < there < upload.received:
        _count(upload, there)
        return
    key = source_key(upload)
    with suppress(FileNotFoundError):  # another request, or one before a crash, has moved it
        publishing.publish(inbox.part_path(upload.pk), key)
    if not _is_published(upload):
        _count(upload, 0)
        return
    take(upload, key)


def take(upload: Upload, key: str) -> None:
    """The file lies whole in the library: it is its video's source from now on.

    Raises Video.DoesNotExist where the video has been removed meanwhile.
    """
    with transaction.atomic():
        video = Video.objects.select_for_update().get(pk=upload.video_id)
        upload.refresh_from_db()
        if not upload.is_under_way:
            return
        change(upload, finished_at=Now())
        become_source(upload, video, key)


def become_source(upload: Upload, video: Video, key: str) -> None:
    """The one end of every upload, in the caller's transaction: its file is probed from now on."""
    video.take_source(key, upload.received, media_type(video.name))
    batch = upload.method == Upload.Method.IMPORT
    enqueue(TaskRequest(operations.get("probe"), video, [video], {}, batch=batch))


def source_key(upload: Upload) -> str:
    """Where its file goes in the library."""
    return keys.source_key(upload.video_id, plain_suffix(upload.video.name))


def is_here(upload: Upload) -> bool:
    """Whether its bytes gather on this machine, or wherever its folder is shared."""
    return upload.place in ("", inbox.place())


def terminate(upload: Upload) -> None:
    """Give an upload up, finished or not: its video is deleted, and can be restored at first."""
    delete_video(upload.video)


def _lifetime() -> timedelta:
    """How long an upload that gets no more bytes is kept."""
    return timedelta(seconds=settings.VREWCRAFT_UPLOAD_EXPIRY_SECONDS)


def _take(upload: Upload, file: FileIO, offset: int, content: Content, length: int | None) -> None:
    """Write, count, and finish where that was the last of it."""
    if _is_whole(upload):
        _must_be_repeated(upload, offset, content, length)
        return
    if offset != upload.received:
        raise AppError("wrong_offset", 409, offset=upload.received)
    _make_room(upload, offset + content.size, length)
    part_file.write(file, offset, content)
    end = offset + content.size
    _count(upload, end, synced=_may_be_forgotten(upload, end))
    if upload.received == upload.length:
        finish(upload)


def _may_be_forgotten(upload: Upload, end: int) -> bool:
    """Whether the client may have none of the bytes before `end` once they are acknowledged.

    So it is after the last ones, and all along where a stream is sent whose length is not known.
    """
    return upload.length in (None, end)


def _is_whole(upload: Upload) -> bool:
    """Whether no more bytes are expected."""
    return upload.is_being_stored or not upload.is_under_way


def _must_be_repeated(upload: Upload, offset: int, content: Content, length: int | None) -> None:
    """The answer to the last bytes can be lost; a repeated request gets the same one."""
    end = offset + content.size
    if offset != upload.received and (
        end != upload.received or not _is_kept(upload, offset, content)
    ):
        raise AppError("wrong_offset", 409, offset=upload.received)
    if length not in (None, upload.length):
        raise AppError("length_conflict", 400)
    if end > upload.received:
        raise AppError("past_the_length", 413, length=upload.received)


def _is_kept(upload: Upload, offset: int, content: Content) -> bool:
    """Whether just these bytes are there: on their way to the library, or in it."""
    with suppress(FileNotFoundError), inbox.part_path(upload.pk).open("rb") as part:
        part.seek(offset)
        return content.is_next_of(part)
    _read_again(upload)  # what was transferred meanwhile has a source now
    try:
        with registry.store().open(upload.video.source_key, offset) as source:
            return content.is_next_of(source)
    except FileNotFoundError:
        return False


def _make_room(upload: Upload, end: int, length: int | None) -> None:
    """See that bytes up to `end` may come; a length that is said only now is written down."""
    known = length if upload.length is None else upload.length
    if length is not None and (length != known or length < upload.received):
        raise AppError("length_conflict", 400)
    if known is not None and end > known:
        raise AppError("past_the_length", 413, length=known)
    if max(end, known or 0) > limit():
        raise AppError("too_large", 413, limit=readable_size(limit()))
    reserved = max(upload.reserved, end if known is None else known)
    if (known, reserved) == (upload.length, upload.reserved):
        return
    with transaction.atomic():
        quota.reserve(upload.video.owner_id, reserved - upload.reserved)
        Upload.objects.filter(pk=upload.pk).update(length=known, reserved=reserved)
    upload.length, upload.reserved = known, reserved


def _have_part(upload: Upload) -> None:
    """Begin anew where the disk has lost the part file."""
    path = inbox.part_path(upload.pk)
    if not path.exists() and not _is_published(upload):
        disk.make_durable(path)


def _is_published(upload: Upload) -> bool:
    return registry.store().exists(source_key(upload))


def _read_again(upload: Upload) -> None:
    """The row as it is now. Raises AppError 404 where it has been removed."""
    try:
        upload.refresh_from_db()
    except Upload.DoesNotExist:
        raise AppError("no_such_upload", 404) from None


def _count(upload: Upload, received: int, *, synced: bool = True) -> None:
    """Write down how many bytes there are; only a `synced` number outlives a power cut for sure."""
    seconds = (timezone.now() - upload.updated_at).total_seconds()
    rate = upload.rate.after(received - upload.received, seconds)
    with transactions.synced(at_once=synced):
        upload_count.count(upload, received, rate, _lifetime())


@transaction.atomic
def change(upload: Upload, **values: object) -> None:
    """Write these fields, and notify open pages after the commit."""
    Upload.objects.filter(pk=upload.pk).update(seq=F("seq") + 1, updated_at=Now(), **values)
    upload.refresh_from_db(fields=["seq", "updated_at", *values])
    announce_upload(upload)

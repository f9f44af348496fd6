"""Taking a file that has arrived whole into the library as a new video."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from videos.core.filenames import clean_name
from videos.models import Upload, Video
from videos.models.signals import announce_upload, announce_video
from videos.models.video import Viewer, owner_key
from videos.services.library.unreferenced import remove_unreferenced
from videos.services.tasks.idempotency import FileKey, once
from videos.services.uploads import quota, service
from videos.storage import inbox, publishing, registry


def ingest_upload(
    user: Viewer,
    path: Path,
    name: str,
    *,
    key: str | None = None,
    method: Upload.Method = Upload.Method.MULTIPART,
) -> Video:
    """Take a file that has arrived whole into the library as a new video, and have it probed.

    `path` is moved; `name` is the client's, cleaned here. Where this file made a video under `key`
    before, that is the answer, and `path` is not needed. Raises AppError: 507 `quota_full`, 422
    `key_reused`.
    """
    video = Video(owner_id=owner_key(user), name=clean_name(name))
    size = path.stat().st_size
    file_key = FileKey(key, video.owner_id, video.name, size) if key else None
    upload = Upload(video=video, method=method, length=size, received=size)
    take = _into_the_library if registry.store().is_instant else _to_be_transferred
    earlier = file_key.earlier() if file_key else None
    return earlier or once(file_key, partial(take, upload, path, file_key))


def _into_the_library(upload: Upload, path: Path, file_key: FileKey | None) -> Video:
    """The video once its file lies in the library."""
    video = upload.video
    key = service.source_key(upload)
    publishing.publish(path, key)
    try:
        with transaction.atomic():
            quota.keep_within_quota(video.owner_id, upload.received)
            video.save()
            upload.finished_at = timezone.now()
            upload.request_key = file_key.take() if file_key else None
            upload.save()
            service.become_source(upload, video, key)
    except Exception:
        remove_unreferenced([key])
        raise
    return video


def _to_be_transferred(upload: Upload, path: Path, file_key: FileKey | None) -> Video:
    """The video while its file waits on this machine to be transferred into the library."""
    video, size = upload.video, upload.received
    upload.stored, upload.seq = 0, 1
    upload.reserved, upload.place = size, inbox.place()
    part = path.rename(inbox.part_path(upload.pk))
    try:
        with transaction.atomic():
            quota.keep_within_quota(video.owner_id, size)
            video.save()
            upload.request_key = file_key.take() if file_key else None
            upload.save()
            announce_video(video)
            announce_upload(upload)
    except Exception:
        part.unlink(missing_ok=True)
        raise
    inbox.arrived.set()
    return video

"""Transferring files that have arrived whole from this machine's disk into the library.

A thread of each process that takes uploads does it, so that no request waits for it. What a killed
process was transferring is transferred again: the file stays here until its video is committed.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import close_old_connections
from django.db.models import F

from videos.models import Upload, Video
from videos.services.uploads import part_file, recovery, service
from videos.storage import inbox, registry
from videos.storage.base import ProgressCallback

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
SAVE_SECONDS = 0.2
LOCK_TRIES, LOCK_SECONDS = 20, 0.05


class Stopped(Exception):
    """The process ends; what was being transferred is transferred again by the next one."""


class TransferThread:
    """The thread of this process."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="transfer", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier process left."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End now."""
        self._stopping.set()
        inbox.arrived.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._is_over():
            inbox.arrived.clear()
            try:
                transfer_all(self._raise_if_over)
            except Stopped:
                return
            except Exception:
                logger.exception("a file could not be transferred into the library; trying again")
            finally:
                close_old_connections()
            inbox.arrived.wait(POLL_SECONDS)

    def _raise_if_over(self, _bytes: int) -> None:
        if self._is_over():
            raise Stopped

    def _is_over(self) -> bool:
        """A server that does not announce its end ends its main thread first."""
        return self._stopping.is_set() or not threading.main_thread().is_alive()


def start() -> TransferThread | None:
    """Start it in this process, unless files are in the library as soon as they have arrived."""
    if registry.store().is_instant:
        return None
    transfer_thread = TransferThread()
    transfer_thread.start()
    return transfer_thread


def transfer_all(on_progress: ProgressCallback) -> int:
    """Transfer everything that waits on this machine; gives how many files that were."""
    waiting = Upload.objects.filter(
        place=inbox.place(),
        stored__isnull=False,
        received=F("length"),
        finished_at__isnull=True,
        video__deleted_at__isnull=True,
    )
    uploads = list(waiting.select_related("video").order_by("created_at"))
    done = sum(transfer_upload(upload, on_progress) for upload in uploads)
    for path in inbox.parts():
        _remove_transferred(path)
    recovery.remove_strays()
    return done


def transfer_upload(upload: Upload, on_progress: ProgressCallback) -> bool:
    """Bring one file into the library and have it probed; False where it does not wait for us.

    Where the disk has lost the file or its end, the upload goes back to what is there. Raises
    StorageDown and what `on_progress` raises.
    """
    store = registry.store()
    path, key = inbox.part_path(upload.pk), service.source_key(upload)
    with _alone(path) as alone:
        upload.refresh_from_db()
        if not alone or not upload.is_being_stored:
            return False
        if not _is_complete(key, upload.received):
            if (there := part_file.bytes_there(upload.pk)) < upload.received:
                service.change(upload, received=there, stored=0)
                return False
            store.put(path, key, _TransferProgress(upload, on_progress))
        try:
            service.take(upload, key)
        except Video.DoesNotExist:
            store.delete(key)
        path.unlink(missing_ok=True)
    return True


def _is_complete(key: str, size: int) -> bool:
    """Whether a process that was killed had stored it whole."""
    try:
        return registry.store().size(key) == size
    except FileNotFoundError:
        return False


class _TransferProgress:
    """Notifies open pages how much of an upload is stored, five times a second."""

    def __init__(self, upload: Upload, on_progress: ProgressCallback) -> None:
        self._upload = upload
        self._on_progress = on_progress
        self._at = 0.0

    def __call__(self, moved: int) -> None:
        self._on_progress(moved)
        now = time.monotonic()
        if now - self._at >= SAVE_SECONDS and moved > (self._upload.stored or 0):
            self._at = now
            service.change(self._upload, stored=min(moved, self._upload.received))


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether no other process transfers it; a file that is gone is nobody else's."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield True
        return
    with file:
        yield any(_is_locked(file) for _ in range(LOCK_TRIES))


def _is_locked(file: BinaryIO) -> bool:
    """The request that brought the last bytes may just be letting go."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(LOCK_SECONDS)
        return False
    return True


def _remove_transferred(path: Path) -> None:
    """What was left between the commit and the removal."""
    with suppress(ValueError):
        transferred = Upload.objects.filter(pk=UUID(path.stem), finished_at__isnull=False)
        if transferred.exists():
            path.unlink(missing_ok=True)

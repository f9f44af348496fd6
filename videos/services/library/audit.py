"""Whether rows and files agree: every row has its file, every file has its row.

Safe while people work: what is being made or arrives now, and what is younger than a grace, is not
judged.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils import timezone

from videos.models import Output, SubtitleFile, Task, Upload, Video
from videos.models.task import TaskStatus
from videos.services.library import restore_guard
from videos.storage import keys, registry
from videos.storage.base import Stored, Unfinished, chunks


class Fault(enum.StrEnum):
    """What is wrong with a file."""

    MISSING = "missing"  # a row names it and it is not there
    SIZE = "size"  # it has another size than its row says
    HASH = "hash"  # its bytes are not those that were published
    STRAY = "stray"  # no row names it
    TRACK = "track"  # a subtitle file lacks its WebVTT, which can be rebuilt
    UNFINISHED = "unfinished"  # the parts of an upload into the storage that never ended


@dataclass(frozen=True, slots=True)
class Promise:
    """A file as its row describes it; bytes and hash are None where the row says nothing."""

    key: str
    row: Model
    bytes: int | None
    sha256: str = ""
    is_track: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `row` is whose file it is; None for what belongs to nothing."""

    fault: Fault
    key: str
    bytes: int = 0
    row: Model | None = None
    detail: str = ""
    upload: Unfinished | None = None


@dataclass
class Report:
    """What was checked, and what was found."""

    files: int = 0
    bytes: int = 0
    findings: list[Finding] = field(default_factory=list)
    is_newer: bool = False
    """Whether the library has been used by a newer database than this one."""


def check(*, deep: bool = False, grace: timedelta = timedelta(hours=1)) -> Report:
    """Compare everything; `deep` reads every byte that has a hash. Raises StorageDown."""
    oldest = timezone.now() - grace
    report = Report(is_newer=restore_guard.is_behind())
    stored = {}
    # Files before rows: what is published meanwhile is young, not without a row.
    for item in registry.store().list():
        if item.key != keys.MARK:
            stored[item.key] = item
            report.files += 1
            report.bytes += item.bytes
    promises = {promise.key: promise for promise in _promises()}
    report.findings = [
        *chain.from_iterable(_kept(each, stored, deep=deep) for each in promises.values()),
        *_strays(stored, promises, oldest),
        *_unfinished(oldest),
    ]
    return report


def _promises() -> Iterator[Promise]:
    for video in Video.objects.exclude(source_key="").defer("probe").iterator():
        yield Promise(video.source_key, video, video.bytes, video.sha256)
    for output in Output.objects.iterator():
        yield Promise(output.key, output, output.bytes, output.sha256)
    for file in SubtitleFile.objects.iterator():
        yield Promise(file.key, file, file.bytes, file.sha256)
        yield Promise(file.track_key, file, None, is_track=True)


def _kept(promise: Promise, stored: dict[str, Stored], *, deep: bool) -> Iterator[Finding]:
    """What is wrong with a file that a row names."""
    file = stored.get(promise.key)
    if file is None:
        if _is_gone(promise):
            fault = Fault.TRACK if promise.is_track else Fault.MISSING
            yield Finding(fault, promise.key, 0, promise.row)
    elif promise.bytes is not None and file.bytes != promise.bytes:
        detail = f"{file.bytes} bytes instead of {promise.bytes}"
        yield Finding(Fault.SIZE, promise.key, file.bytes, promise.row, detail)
    elif deep and promise.sha256 and _sha256(promise.key) != promise.sha256:
        yield Finding(Fault.HASH, promise.key, file.bytes, promise.row)


def _is_gone(promise: Promise) -> bool:
    """Not there now, though its row still is: neither published nor removed since the listing."""
    try:
        promise.row.refresh_from_db(fields=["pk"])
    except ObjectDoesNotExist:
        return False
    return not registry.store().exists(promise.key)


def _sha256(key: str) -> str:
    digest = hashlib.sha256()
    with registry.store().open(key) as file:
        for chunk in chunks(file):
            digest.update(chunk)
    return digest.hexdigest()


def _strays(
    stored: dict[str, Stored], promises: dict[str, Promise], oldest: datetime
) -> Iterator[Finding]:
    being_made = _being_made()
    subtitles = {promise.key.rsplit("/", 1)[0] for promise in promises.values() if promise.is_track}
    for item in stored.values():
        folder = item.key.rsplit("/", 1)[0]
        # Read by another encoding, a subtitle file keeps its earlier track.
        known = item.key in promises or folder in being_made or folder in subtitles
        if not known and item.at < oldest:
            yield Finding(Fault.STRAY, item.key, item.bytes)


def _being_made() -> set[str]:
    """The folders that running attempts and arriving uploads write to."""
    running = Task.objects.filter(status=TaskStatus.PROCESSING)
    folders: set[str] = set()
    for task_id, video_id, attempt in running.values_list("pk", "video_id", "attempt"):
        folders |= {_folder(keys.output_key(task_id, attempt, "")), _source(video_id, attempt)}
    arriving = Upload.objects.filter(finished_at__isnull=True)
    return folders | {_source(video_id, 0) for video_id in arriving.values_list("video", flat=True)}


def _source(video_id: UUID, attempt: int) -> str:
    return keys.source_key(video_id, "", attempt).rsplit("/", 1)[0]


def _folder(key: str) -> str:
    return key.rstrip("/")


def _unfinished(oldest: datetime) -> Iterator[Finding]:
    for upload in registry.store().unfinished():
        if upload.at < oldest:
            yield Finding(Fault.UNFINISHED, upload.key, upload=upload)

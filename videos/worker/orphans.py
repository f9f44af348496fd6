"""Files that are nobody's any more: of attempts that died, and those that no row names.

An attempt's number is never reused, so any worker may remove the files of a dead one. Everything in
the library that is removed here has been there for a while: a file is moved in before the row that
names it is committed.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import groupby, islice
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from videos.models import Output, SubtitleFile, Task, Upload, Video
from videos.models.lookup import as_key
from videos.services.library import restore_guard
from videos.storage import registry
from videos.storage.base import Stored
from videos.storage.workdir import PIECES

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
BATCH = 200


def clear_work() -> int:
    """Remove the work folders of attempts that do not run; gives how many.

    Read in this order: a folder that is there belongs to an attempt that has been claimed, and one
    that no longer runs never runs again.
    """
    root = Path(settings.VREWCRAFT_DATA_DIR) / "work"
    folders = [folder for folder in root.iterdir() if folder.is_dir()] if root.exists() else []
    attempts = {folder: list(folder.iterdir()) for folder in folders}
    running = _running(folder.name for folder in folders)
    going_on = _going_on(folder.name for folder in folders)
    dead = [
        attempt
        for folder, inside in attempts.items()
        for attempt in inside
        if running.get(folder.name) != attempt.name
        and not (attempt.name == PIECES and folder.name in going_on)
    ]
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)
    for folder in folders:
        if folder.name not in running:
            with suppress(OSError):  # it is not empty: an attempt has begun meanwhile
                folder.rmdir()
    return len(dead)


def remove() -> int:
    """Remove unreferenced files from the library; gives how many.

    None where the database is older than the library: see restore_guard.py.
    """
    if not restore_guard.step():
        logger.error("the library is newer than this database: see `manage.py storage check`")
        return 0
    dead = [*_dead_outputs(), *_dead_sources(), *_dead_subtitles()]
    for key in dead:
        logger.warning("removing an orphaned file", extra={"key": key})
        registry.store().delete(key)
    return len(dead)


def _running(names: Iterable[str]) -> dict[str, str]:
    """The attempt under way of each task that runs, by the names of their folders."""
    tasks = Task.objects.filter(pk__in=_uuids(names), status="processing")
    running = tasks.values_list("pk", "attempt")
    return {str(key): str(attempt) for key, attempt in running}


def _going_on(names: Iterable[str]) -> set[str]:
    """The tasks that have not ended, whose kept pieces a later attempt takes over."""
    tasks = Task.objects.filter(pk__in=_uuids(names), status__in=["pending", "processing"])
    return {str(key) for key in tasks.values_list("pk", flat=True)}


def _dead_outputs() -> Iterator[str]:
    """Of a dead attempt after an hour, of no task at all after a day."""
    for batch in _batches("outputs"):
        tasks = _uuids(batch)
        # In this order: an attempt that ends meanwhile has named its files by the second look.
        running = {f"{name}/{attempt}" for name, attempt in _running(batch).items()}
        named = set(Output.objects.filter(task__in=tasks).values_list("key", flat=True))
        known = _names(Task.objects.filter(pk__in=tasks).values_list("pk"))
        for name, items in batch.items():
            age = settings.VREWCRAFT_LEFTOVER_SECONDS
            if name not in known:
                age = settings.VREWCRAFT_UNREFERENCED_SECONDS
            yield from _old(items, named, running, age)


def _dead_sources() -> Iterator[str]:
    """Sources of videos that are gone, or that another attempt has made."""
    for batch in _batches("sources"):
        keys = _uuids(batch)
        running = Task.objects.filter(video__in=keys, status="processing")
        arriving = Upload.objects.filter(video__in=keys, finished_at__isnull=True)
        coming = _names(running.values_list("video", "attempt"))
        coming |= {f"{name}/0" for name in _names(arriving.values_list("video"))}
        named = set(Video.objects.filter(pk__in=keys).values_list("source_key", flat=True))
        for items in batch.values():
            yield from _old(items, named, coming, settings.VREWCRAFT_UNREFERENCED_SECONDS)


def _dead_subtitles() -> Iterator[str]:
    for batch in _batches("subtitles"):
        known = _names(SubtitleFile.objects.filter(pk__in=_uuids(batch)).values_list("pk"))
        for name, items in batch.items():
            if name not in known:
                yield from _old(items, set(), set(), settings.VREWCRAFT_UNREFERENCED_SECONDS)


def _old(
    items: Iterable[Stored], named: set[str], coming: set[str], seconds: float
) -> Iterator[str]:
    """Keys of the files that no row names, that nobody makes now, and that were there so long."""
    oldest = timezone.now() - timedelta(seconds=seconds)
    for item in items:
        folder = "/".join(item.key.split("/")[1:3])
        if item.key not in named and folder not in coming and item.at < oldest:
            yield item.key


def _batches(root: str) -> Iterator[dict[str, list[Stored]]]:
    """The files below a folder by the id that they belong to, so many ids at a time."""
    listed = (item for item in registry.store().list(f"{root}/") if item.key.count("/") > 1)
    groups = groupby(listed, key=lambda item: item.key.split("/")[1])
    rest = ((name, list(items)) for name, items in groups)
    while batch := dict(islice(rest, BATCH)):
        yield batch


def _names(rows: Iterable[tuple[object, ...]]) -> set[str]:
    """Ids, or ids with the numbers of attempts, as folders are named after them."""
    return {"/".join(map(str, row)) for row in rows}


def _uuids(names: Iterable[str]) -> list[UUID]:
    return [key for name in names if (key := as_key(name))]

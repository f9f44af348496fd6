"""Files that are nobody's any more: of attempts that died, and those that no row names.

An attempt's number never comes back, so what a dead one left can go whoever looks. Everything in
the library that is removed here has been there for a while: a file is moved in before the row that
names it is committed.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.storage import Storage
from django.utils import timezone

from videos import files
from videos.models import Output, SubtitleFile, Task, Video
from videos.models.video import library

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
BATCH = 200


def clear_work() -> int:
    """Remove the work folders of attempts that do not run; gives how many.

    Read in this order: a folder that is there belongs to an attempt that has been claimed, and one
    that no longer runs never runs again.
    """
    root = Path(settings.VREWCRAFT_DATA_DIR) / "work"
    found = [folder for folder in root.iterdir() if folder.is_dir()] if root.exists() else []
    attempts = {folder: list(folder.iterdir()) for folder in found}
    running = _running(folder.name for folder in found)
    dead = [
        attempt
        for folder, inside in attempts.items()
        for attempt in inside
        if running.get(folder.name) != attempt.name
    ]
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)
    for folder in found:
        if folder.name not in running:
            with suppress(OSError):  # it is not empty: an attempt has begun meanwhile
                folder.rmdir()
    return len(dead)


def remove() -> int:
    """Remove unreferenced files from the library; gives how many."""
    dead = [*_dead_outputs(), *_dead_sources(), *_dead_subtitles()]
    for key in dead:
        logger.warning("removing a file that belongs to nothing", extra={"key": key})
        files.unpublish(key)
    return len(dead)


def _running(names: Iterable[str]) -> dict[str, str]:
    """The attempt under way of each task that runs, by the names of their folders."""
    tasks = Task.objects.filter(pk__in=[key for name in names if (key := _uuid(name))])
    running = tasks.filter(status="processing").values_list("pk", "attempt")
    return {str(key): str(attempt) for key, attempt in running}


def _dead_outputs() -> Iterator[str]:
    """Of a dead attempt after an hour, of no task at all after a day."""
    for names in _batches(_folders("outputs")):
        keys = [key for name in names if (key := _uuid(name))]
        named = set(Output.objects.filter(task__in=keys).values_list("key", flat=True))
        known = {str(key) for key in Task.objects.filter(pk__in=keys).values_list("pk", flat=True)}
        running = _running(names)
        for name in names:
            for attempt in _folders(f"outputs/{name}"):
                if running.get(name) == attempt:
                    continue
                age = settings.VREWCRAFT_LEFTOVER_SECONDS
                if name not in known:
                    age = settings.VREWCRAFT_UNREFERENCED_SECONDS
                yield from _old(f"outputs/{name}/{attempt}", named, age)


def _dead_sources() -> Iterator[str]:
    """Sources of videos that are gone, or that another attempt has made."""
    for names in _batches(_folders("sources")):
        videos = Video.objects.filter(pk__in=[key for name in names if (key := _uuid(name))])
        named = set(videos.values_list("source_key", flat=True))
        for name in names:
            for attempt in _folders(f"sources/{name}"):
                folder = f"sources/{name}/{attempt}"
                yield from _old(folder, named, settings.VREWCRAFT_UNREFERENCED_SECONDS)


def _dead_subtitles() -> Iterator[str]:
    for names in _batches(_folders("subtitles")):
        rows = SubtitleFile.objects.filter(pk__in=[key for name in names if (key := _uuid(name))])
        known = {str(key) for key in rows.values_list("pk", flat=True)}
        for name in names:
            if name not in known:
                age = settings.VREWCRAFT_UNREFERENCED_SECONDS
                yield from _old(f"subtitles/{name}", set(), age)


def _old(folder: str, named: set[str], seconds: float) -> Iterator[str]:
    """Keys of the files in a folder that no row names and that have lain there so long."""
    for name in _listed(folder)[1]:
        key = f"{folder}/{name}"
        if key not in named and _age(library(), key) > seconds:
            yield key


def _age(storage: Storage, key: str) -> float:
    """Seconds since the file came into the library; 0 where it has just gone."""
    try:  # on a filesystem the inode's change, which a move counts as: stat(2), st_ctime
        return time.time() - Path(storage.path(key)).stat().st_ctime
    except NotImplementedError:
        return (timezone.now() - storage.get_modified_time(key)).total_seconds()
    except FileNotFoundError:
        return 0.0


def _folders(folder: str) -> list[str]:
    return _listed(folder)[0]


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return library().listdir(folder)
    except FileNotFoundError:
        return [], []


def _batches(names: list[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None

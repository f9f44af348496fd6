"""Maintenance by workers: return lost tasks to the queue, remove orphaned files."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections, connection

from videos.core.connections import keep_connections
from videos.core.enums import WorkClass
from videos.models import Task, WorkerBeat, task_state
from videos.services.library.deletion import purge
from videos.services.tasks import notify
from videos.services.tasks.enqueue import find_forgotten
from videos.services.uploads.recovery import expire_uploads, finish_uploads
from videos.storage import inbox
from videos.worker import orphans, process_id

logger = logging.getLogger(__name__)

PURGE_SECONDS = 1.0
SOON_SECONDS = 60.0
"""Soon after the start, so that orphans are removed even where it runs for half an hour a day."""


def regular(stopping: threading.Event) -> list[threading.Thread]:
    """Threads that do all this until `stopping`; each apart, since removing files may take long.

    Work interrupted by the end of the process is continued by the next worker.
    """
    return [
        every(settings.VREWCRAFT_REAP_SECONDS, reap, "reaper", stopping),
        every(PURGE_SECONDS, purge, "purger", stopping),
        every(orphans.EVERY_SECONDS, sweep, "sweeper", stopping, first=SOON_SECONDS),
    ]


def every(
    seconds: float,
    work: Callable[[], object],
    name: str,
    stopping: threading.Event,
    first: float | None = None,
) -> threading.Thread:
    """A thread that does `work` again and again, not started; an error is logged and forgotten.

    It waits `seconds` before each, before the first one `first` seconds where that is given.
    """

    def run() -> None:
        keep_connections()
        pause = seconds if first is None else first
        while not stopping.wait(pause):
            pause = seconds
            try:
                work()
            except Exception:
                logger.exception("%s failed; retrying", name)
            finally:
                close_old_connections()
        connection.close()

    return threading.Thread(target=run, name=name, daemon=True)


def reap() -> None:
    """Take back what was lost, and tell workers."""
    if count := reclaim_lost():
        logger.warning("returned %s lost or forgotten tasks to the queue", count)
        for work_class in WorkClass:
            notify.wake(work_class)


def sweep() -> int:
    """Remove what killed servers had half received by forms, and files that are nobody's.

    Gives how many. Raises StorageDown.
    """
    return inbox.remove_abandoned() + orphans.remove()


def reclaim_lost() -> int:
    """Hand out the tasks of lost workers and forgotten ones; gives how many.

    Also forgets workers that have long been silent, and uploads that were not finished in time.
    """
    holders = Task.objects.filter(status="processing").values_list("worker", flat=True)
    count = task_state.reap(also_workers=process_id.dead(set(holders))) + find_forgotten()
    orphans.clear_work()
    WorkerBeat.objects.stale().delete()
    finish_uploads()
    expire_uploads()
    return count

"""Maintenance by workers: return lost tasks to the queue, remove orphaned files."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections, connection

from videos.core.connections import keep_connections
from videos.core.enums import WorkClass
from videos.models import Task, WorkerBeat, task_state
from videos.services.library.deletion import purge
from videos.services.tasks import notify
from videos.services.tasks.enqueue import find_forgotten, index_earlier_sources
from videos.services.uploads.recovery import expire_uploads, finish_uploads
from videos.storage import inbox
from videos.worker import orphans, process_id

logger = logging.getLogger(__name__)

PURGE_SECONDS = 1.0
INDEX_SECONDS = 30.0
SOON_SECONDS = 60.0
"""Soon after the start, so that orphans are removed even where it runs for half an hour a day."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that every worker process does again and again, in a thread of its own.

    Interrupted by the end of the process, it is done by the next worker: so it may be repeated.
    """

    name: str
    """The name of its thread, and what the log calls it."""
    every: float
    """Seconds from its end to its next start."""
    run: Callable[[], object]
    first: float | None = None
    """Seconds until its first start, where that is not `every`."""


def jobs() -> tuple[Job, ...]:
    """All that workers do beside tasks; each apart, since removing files may take long."""
    return (
        Job("reaper", settings.VREWCRAFT_REAP_SECONDS, reap),
        Job("purger", PURGE_SECONDS, purge),
        Job("sweeper", orphans.EVERY_SECONDS, sweep, first=SOON_SECONDS),
        Job("indexer", INDEX_SECONDS, index_earlier_sources),
    )


def threads(stopping: threading.Event, *more: Job) -> list[threading.Thread]:
    """A thread for each job, and for each of `more`; not started, they end at `stopping`."""
    return [
        threading.Thread(target=_repeat, args=(job, stopping), name=job.name, daemon=True)
        for job in (*jobs(), *more)
    ]


def _repeat(job: Job, stopping: threading.Event) -> None:
    """Do the job until `stopping`; an error is logged, and the job tried again."""
    keep_connections()
    pause = job.every if job.first is None else job.first
    while not stopping.wait(pause):
        pause = job.every
        try:
            job.run()
        except Exception:
            logger.exception("%s failed; retrying", job.name)
        finally:
            close_old_connections()
    connection.close()


def reap() -> int:
    """Take back what was lost, and notify workers."""
    if count := reclaim_lost():
        logger.warning("returned %s lost or forgotten tasks to the queue", count)
        for work_class in WorkClass:
            notify.wake(work_class)
    return count


def sweep() -> int:
    """Remove what killed servers had half received by forms, and files that are nobody's.

    Gives how many. Raises StorageDown.
    """
    return inbox.remove_abandoned() + orphans.remove()


def reclaim_lost() -> int:
    """Queue again the tasks of lost workers and forgotten ones; gives how many.

    Also forgets workers that have long been silent, and uploads that were not finished in time.
    """
    holders = Task.objects.filter(status="processing").values_list("worker", flat=True)
    count = task_state.reap(also_workers=process_id.dead(set(holders))) + find_forgotten()
    orphans.clear_work()
    WorkerBeat.objects.stale().delete()
    finish_uploads()
    expire_uploads()
    return count

"""The worker: threads that wait for work and run it, and one that keeps their leases alive."""

from __future__ import annotations

import logging
import math
import os
import socket
import threading
import time
from collections.abc import Mapping

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from videos import files, identity
from videos.arrivals import expire_uploads, finish_uploads
from videos.deletion import purge
from videos.engine import wakeups
from videos.enqueue import find_forgotten
from videos.ffmpeg.args import ffmpeg_version
from videos.ffmpeg.errors import FfmpegMissing
from videos.ffmpeg.process import StopReason
from videos.models import Task, WorkerBeat
from videos.models.lifecycle import reap
from videos.models.queue import Claim
from videos.plan import WorkClass
from videos.runner import Runner

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
WATCH_SECONDS = 0.3
PURGE_SECONDS = 1.0


def default_slots() -> dict[WorkClass, int]:
    """How many tasks of each class run at once; a copy never waits behind an encode."""
    return {WorkClass.CPU: settings.VREWCRAFT_CPU_SLOTS, WorkClass.COPY: 1, WorkClass.PROBE: 1}


class Worker:
    """Runs tasks in threads of this process until it is stopped."""

    def __init__(self, slots: Mapping[WorkClass, int] | None = None) -> None:
        self.name = identity.this_process()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[Claim, StopReason | None] = {}
        self._slots = dict(slots or default_slots())
        self._threads = [
            threading.Thread(target=self._serve, args=(work_class,), name=f"{work_class}-{number}")
            for work_class, count in self._slots.items()
            for number in range(count)
        ]
        self._watcher = threading.Thread(target=self._watch, name="watcher")
        # What it is in the middle of at the end of the process, the next worker goes on with.
        self._purger = threading.Thread(target=self._purge, name="purger", daemon=True)

    def start(self) -> None:
        """Take back what a dead predecessor held, then begin."""
        self._reap()
        for thread in (*self._threads, self._watcher, self._purger):
            thread.start()

    def stop(self) -> None:
        """Begin to stop: running attempts end now and go back to pending. Returns at once."""
        self._stopping.set()
        for work_class in WorkClass:
            wakeups.notify(work_class)

    def join(self, timeout: float = 10.0) -> bool:
        """Wait for the end, at most that many seconds; whether it came."""
        deadline = time.monotonic() + timeout
        for thread in (*self._threads, self._watcher, self._purger):
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def is_idle(self) -> bool:
        """Whether nothing runs here and nothing waits that this worker could take."""
        waiting = any(Task.objects.waiting(work_class).exists() for work_class in self._slots)
        return not waiting and not self._claims()

    def _serve(self, work_class: WorkClass) -> None:
        while not self._stopping.is_set():
            seen = wakeups.seen(work_class)
            try:
                if not self._run_one(work_class):
                    wakeups.wait(work_class, seen, POLL_SECONDS)
            except Exception:
                logger.exception("a slot met an error; going on")
                self._stopping.wait(POLL_SECONDS)
            finally:
                close_old_connections()
        connection.close()

    def _run_one(self, work_class: WorkClass) -> bool:
        claim = Task.objects.claim_next(self.name, work_class, settings.VREWCRAFT_LEASE_SECONDS)
        if claim is None:
            return False
        with self._lock:
            self._running[claim] = None
        try:
            Runner(claim, lambda: self._stop_reason(claim)).run()
        finally:
            with self._lock:
                del self._running[claim]
        return True

    def _stop_reason(self, claim: Claim) -> StopReason | None:
        if self._stopping.is_set():
            return StopReason.SHUTDOWN
        return self._running[claim]

    def _watch(self) -> None:
        """Cancel requests, heartbeats and reaping, apart from the work itself."""
        presence = self._presence()
        beat_at, reap_at = -math.inf, time.monotonic()
        while not self._stopping.wait(WATCH_SECONDS):
            now = time.monotonic()
            try:
                self._look_for_stops()
                if now - beat_at >= settings.VREWCRAFT_HEARTBEAT_SECONDS:
                    beat_at = now
                    Task.objects.extend(self._claims(), settings.VREWCRAFT_LEASE_SECONDS)
                    presence.beat()
                if now - reap_at >= settings.VREWCRAFT_REAP_SECONDS:
                    reap_at = now
                    self._reap()
            except Exception:
                logger.exception("heartbeat failed; trying again")
            finally:
                close_old_connections()
        self._leave()
        connection.close()

    def _purge(self) -> None:
        """Removing large files may take long, and leases are not extended meanwhile: a thread."""
        while not self._stopping.wait(PURGE_SECONDS):
            try:
                purge()
            except Exception:
                logger.exception("cannot remove what was deleted; trying again")
            finally:
                close_old_connections()
        connection.close()

    def _presence(self) -> WorkerBeat:
        """This worker as other processes know it."""
        return WorkerBeat(
            name=self.name,
            host=socket.gethostname(),
            pid=os.getpid(),
            slots={work_class.value: count for work_class, count in self._slots.items()},
            version=settings.VREWCRAFT_VERSION,
            ffmpeg_version=_ffmpeg_version(),
        )

    def _leave(self) -> None:
        """The end is near and in order: nobody need count on this worker."""
        try:
            WorkerBeat.objects.filter(name=self.name).delete()
        except DatabaseError:
            logger.exception("the worker could not sign off")

    def _claims(self) -> list[Claim]:
        with self._lock:
            return list(self._running)

    def _look_for_stops(self) -> None:
        claims = self._claims()
        if not claims:
            return
        ids = [claim.task_id for claim in claims]
        rows = {task.pk: task for task in Task.objects.filter(pk__in=ids)}
        for claim in claims:
            reason = _reason(claim, rows.get(claim.task_id))
            with self._lock:
                if claim in self._running and reason:
                    self._running[claim] = reason

    def _reap(self) -> None:
        if count := take_back():
            logger.warning("handed out %s lost or forgotten tasks", count)
            for work_class in WorkClass:
                wakeups.notify(work_class)


def take_back() -> int:
    """Hand out the tasks of lost workers and forgotten ones; gives how many.

    Also removes what ended tasks left in work folders, workers that have long been silent, and
    uploads that were not finished in time.
    """
    holders = Task.objects.filter(status="processing").values_list("worker", flat=True)
    count = reap(also_workers=identity.dead(set(holders))) + find_forgotten()
    left = files.tasks_with_work()
    live = Task.objects.filter(pk__in=left, status="processing").values_list("pk", flat=True)
    for task_id in set(left) - set(live):
        files.clear_work(task_id)
    WorkerBeat.objects.stale().delete()
    finish_uploads()
    expire_uploads()
    return count


def _ffmpeg_version() -> str:
    """The version, or nothing where there is no ffmpeg: tasks then say so themselves."""
    try:
        return ffmpeg_version()
    except FfmpegMissing:
        return ""


def _reason(claim: Claim, task: Task | None) -> StopReason | None:
    if task is None or task.attempt != claim.attempt or task.status != "processing":
        return StopReason.LOST
    return StopReason.CANCELLED if task.cancel_requested else None

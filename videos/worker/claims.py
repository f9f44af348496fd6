"""The executor: claims tasks for one process, runs them, and renews their leases.

Heartbeats, cancel and pause reach a running attempt from a thread of their own, apart from the
work itself. The engine decides who asks for one: a worker's slots or Celery.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from videos.core.connections import keep_connections
from videos.core.enums import WorkClass
from videos.media.ffmpeg.process import StopReason
from videos.models import QueuePause, Task, WorkerBeat, task_state
from videos.models.queue_pause import is_held
from videos.models.task_queue import Claim
from videos.worker import heartbeat, process_id
from videos.worker.attempt import AttemptRunner

logger = logging.getLogger(__name__)

WATCH_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class AttemptControl:
    """What a running attempt is to do: stop early, and why; or pause.

    `written_at`: when a progress write brought them, by the monotonic clock.
    """

    stop: StopReason | None = None
    paused: bool = False
    written_at: float = -math.inf


class TaskExecutor:
    """Runs tasks one by one, in whichever threads ask for that, until it is stopped."""

    def __init__(
        self,
        slots: Mapping[WorkClass, int],
        *,
        engine: str = "worker",
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`slots` are only reported; `is_stopping` is a second way to be stopped."""
        self.name = process_id.this_process()
        self.stopping = threading.Event()
        self._slots, self._engine, self._is_stopping = slots, engine, is_stopping
        self._lock = threading.Lock()
        self._running: dict[Claim, AttemptControl] = {}
        self._claiming = 0
        self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to keep leases alive."""
        self._watcher.start()

    def join(self, timeout: float) -> None:
        """Wait for the watcher's end after `stopping` was set."""
        self._watcher.join(timeout)

    def claim(self, work_class: WorkClass) -> Claim | None:
        """Take the best waiting task of a class, to `run` it at once; its lease is kept by now."""
        if self._must_stop():
            return None
        claim = None
        with self._lock:
            self._claiming += 1
        try:
            claim = Task.objects.claim_next(self.name, work_class, settings.VREWCRAFT_LEASE_SECONDS)
        finally:
            with self._lock:
                self._claiming -= 1
                if claim is not None:
                    self._running[claim] = AttemptControl()
        return claim

    def release(self, claim: Claim) -> None:
        """Give back what was claimed and cannot be run here."""
        with self._lock:
            del self._running[claim]
        task_state.release(claim)

    def run(self, claim: Claim) -> None:
        """Run what was claimed, to the end of the attempt."""
        try:
            AttemptRunner(
                claim,
                lambda: self._stop_reason(claim),
                lambda: self._is_paused(claim),
                on_row=lambda task: self._follow_row(claim, task),
            ).run()
        finally:
            with self._lock:
                del self._running[claim]

    def is_idle(self) -> bool:
        """Whether nothing runs here or is being claimed."""
        with self._lock:
            return not self._running and not self._claiming

    def claims(self) -> list[Claim]:
        """What runs here now."""
        with self._lock:
            return list(self._running)

    def is_paused(self, claim: Claim) -> bool:
        """Whether it runs here and is paused."""
        with self._lock:
            return claim in self._running and self._running[claim].paused

    def _must_stop(self) -> bool:
        return self.stopping.is_set() or self._is_stopping()

    def _stop_reason(self, claim: Claim) -> StopReason | None:
        return StopReason.SHUTDOWN if self._must_stop() else self._running[claim].stop

    def _is_paused(self, claim: Claim) -> bool:
        return self._running[claim].paused

    def _watch(self) -> None:
        keep_connections()
        beat = heartbeat.of_this_worker(self.name, self._slots, self._engine)
        beat_at = -math.inf
        while not self.stopping.wait(WATCH_SECONDS):
            now = time.monotonic()
            try:
                self._poll_controls()
                if now - beat_at >= settings.VREWCRAFT_HEARTBEAT_SECONDS:
                    beat_at = now
                    Task.objects.extend(self.claims(), settings.VREWCRAFT_LEASE_SECONDS)
                    beat.beat()
            except Exception:
                logger.exception("heartbeat failed; retrying")
            finally:
                close_old_connections()
        self._leave()
        connection.close()

    def _leave(self) -> None:
        """The end is near and in order: nobody need count on this worker."""
        try:
            WorkerBeat.objects.filter(name=self.name).delete()
        except DatabaseError:
            logger.exception("the worker could not be unregistered")

    def _poll_controls(self) -> None:
        """Of those that have written nothing lately: every progress write brings orders back."""
        since = time.monotonic() - WATCH_SECONDS
        with self._lock:
            silent = [claim for claim, o in self._running.items() if o.written_at < since]
        if not silent:
            return
        queues = QueuePause.objects.names()
        rows = {t.pk: t for t in Task.objects.filter(pk__in=[claim.task_id for claim in silent])}
        for claim in silent:
            self._follow(claim, _control_of(claim, rows.get(claim.task_id), queues))

    def _follow_row(self, claim: Claim, task: Task) -> None:
        """The attempt has just written this row."""
        controls = _control_of(claim, task, frozenset())
        self._follow(claim, replace(controls, written_at=time.monotonic()))

    def _follow(self, claim: Claim, controls: AttemptControl) -> None:
        with self._lock:
            if claim in self._running:
                self._running[claim] = controls


def _control_of(claim: Claim, task: Task | None, queues: frozenset[str]) -> AttemptControl:
    if task is None or task.attempt != claim.attempt or task.status != "processing":
        return AttemptControl(StopReason.LOST)
    if task.cancel_requested:
        return AttemptControl(StopReason.CANCELLED)
    return AttemptControl(paused=task.paused or is_held(task, queues))

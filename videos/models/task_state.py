"""The state machine: every change of a task's status, each one conditional, each one announced.

Callers that hold a claim pass it; zero rows changed means that somebody else owns the task by now
(`LostClaimError`). Announcements go out after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from videos.core.enums import StepCode, WorkClass
from videos.models.attempt import Attempt
from videos.models.output import Output
from videos.models.signals import announce
from videos.models.task import Task, TaskStatus
from videos.models.task_queue import Claim, LostClaimError
from videos.models.video import Video


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed: the error code, the values of its message, and the kind of failure."""

    code: str
    values: Mapping[str, str | int | float]
    retry: str = ""


def _claimed_write(claim: Claim, **values: Any) -> Task:
    """Change a task under its fence and give the row as it is now."""
    if not Task.objects.claimed_by(claim).update(updated_at=Now(), **values):
        raise LostClaimError
    return Task.objects.get(pk=claim.task_id)


def _close(task: Task, number: int, outcome: Attempt.Outcome, **values: Any) -> None:
    Attempt.objects.filter(task=task, number=number).update(
        outcome=outcome, ended_at=Now(), **values
    )


def _close_failed(
    task: Task, claim: Claim, failure: Failure, retry_seconds: float | None = None
) -> None:
    """The attempt failed; `retry_seconds` until the next one, None where there is none."""
    reasons = {"error_code": failure.code, "retry": failure.retry, "retry_seconds": retry_seconds}
    _close(task, claim.attempt, Attempt.Outcome.ERROR, **reasons)


@transaction.atomic
def complete(claim: Claim, outputs: Iterable[Output]) -> Task:
    """End as complete, with its outputs. `seq` rises by two: 100 % and `complete` are two."""
    task = _claimed_write(
        claim,
        status=TaskStatus.COMPLETE,
        paused=False,
        fraction=1,
        indeterminate=False,
        stalled=False,
        eta_seconds=None,
        lease_until=None,
        finished_at=Now(),
        seq=F("seq") + 2,
        end_seq=F("seq") + 2,
    )
    Output.objects.bulk_create(outputs)
    _close(task, claim.attempt, Attempt.Outcome.COMPLETE)
    announce(task)
    return task


@transaction.atomic
def outputs_changed(task_id: UUID) -> None:
    """Notify open pages of the outputs that a complete task has now."""
    Task.objects.filter(pk=task_id).update(seq=F("seq") + 1, updated_at=Now())
    announce(Task.objects.get(pk=task_id))


@transaction.atomic
def fail(claim: Claim, failure: Failure) -> Task:
    """End with a reason."""
    task = _claimed_write(claim, lease_until=None, **_error_values(failure))
    _close_failed(task, claim, failure)
    _gate_closed(task)
    announce(task)
    return task


@transaction.atomic
def schedule_retry(claim: Claim, failure: Failure, delay_seconds: float) -> None:
    """Back to pending after a failure that another attempt may not meet.

    Where a cancel was asked for meanwhile, that is the end instead.
    """
    if _cancelled_meanwhile(claim):
        return
    task = _claimed_write(
        claim,
        failures=F("failures") + 1,
        not_before=Now() + timedelta(seconds=delay_seconds),
        **_PENDING_AGAIN,
    )
    _close_failed(task, claim, failure, delay_seconds)
    announce(task)


@transaction.atomic
def release(claim: Claim) -> None:
    """Back to pending at once because the worker shuts down; costs none of the task's tries.

    Where a cancel was asked for meanwhile, that is the end instead.
    """
    if _cancelled_meanwhile(claim):
        return
    task = _claimed_write(claim, **_PENDING_AGAIN)
    _close(task, claim.attempt, Attempt.Outcome.SHUTDOWN)
    announce(task)


def _cancelled_meanwhile(claim: Claim) -> bool:
    """End the task if a cancel waits for it. The row stays locked until the transaction ends."""
    claimed = Task.objects.claimed_by(claim).select_for_update()
    if not any(task.cancel_requested for task in claimed):
        return False
    end_cancelled(claim)
    return True


@transaction.atomic
def end_cancelled(claim: Claim) -> None:
    """End a running task that was cancelled."""
    task = _claimed_write(claim, **_CANCELLED)
    _close(task, claim.attempt, Attempt.Outcome.CANCELLED)
    _gate_closed(task)
    announce(task)


@transaction.atomic
def cancel(task: Task) -> bool:
    """Cancel: at once where it waits, through its worker where it runs. False: it has ended."""
    # Locked, or the task could change hands between the look at each of the two statuses.
    Task.objects.select_for_update().filter(pk=task.pk).first()
    if Task.objects.filter(pk=task.pk, status=TaskStatus.PENDING).update(
        updated_at=Now(), **_CANCELLED
    ):
        cancelled = Task.objects.get(pk=task.pk)
        _gate_closed(cancelled)
        announce(cancelled)
        return True
    running = Task.objects.filter(pk=task.pk, status=TaskStatus.PROCESSING)
    return bool(running.update(cancel_requested=True, updated_at=Now()))


@transaction.atomic
def retry(task: Task) -> bool:
    """Error or cancelled back to pending with a fresh budget. False: it has not failed."""
    changed = Task.objects.filter(
        pk=task.pk, status__in=[TaskStatus.ERROR, TaskStatus.CANCELLED]
    ).update(
        updated_at=Now(),
        finished_at=None,
        failures=0,
        losses=0,
        cancel_requested=False,
        error_code="",
        error_blanks={},
        not_before=None,
        **_PENDING_AGAIN,
    )
    if changed:
        announce(Task.objects.get(pk=task.pk))
    return bool(changed)


@transaction.atomic
def pause(task: Task) -> bool:
    """Pause a pending or running task. False: it has ended."""
    return _set_paused(task, paused=True)


@transaction.atomic
def resume(task: Task) -> bool:
    """Resume a paused task. False: it has ended."""
    return _set_paused(task, paused=False)


def _set_paused(task: Task, *, paused: bool) -> bool:
    open_ones = Task.objects.filter(
        pk=task.pk, status__in=[TaskStatus.PENDING, TaskStatus.PROCESSING]
    )
    if open_ones.filter(paused=not paused).update(
        paused=paused, updated_at=Now(), seq=F("seq") + 1
    ):
        announce(Task.objects.get(pk=task.pk))
        return True
    return open_ones.exists()


@transaction.atomic
def queue_changed(tasks: Iterable[Task]) -> None:
    """Publish that the queue of these tasks was paused or resumed."""
    keys = [task.pk for task in tasks]
    Task.objects.filter(pk__in=keys).update(seq=F("seq") + 1, updated_at=Now())
    for task in Task.objects.filter(pk__in=keys):
        announce(task)


def reap(also_workers: Iterable[str] = ()) -> int:
    """Re-deliver tasks whose lease has expired or whose worker is dead; gives how many."""
    gone = Task.objects.expired() | Task.objects.filter(
        status=TaskStatus.PROCESSING, worker__in=list(also_workers)
    )
    return sum(_redeliver(task) for task in gone)


@transaction.atomic
def _redeliver(expired: Task) -> bool:
    """One lost task: cancelled if asked, ended after too many losses, else pending again.

    A row that is being written is skipped: if that one hangs, no other task waits for it.
    """
    still_lost = Task.objects.filter(
        pk=expired.pk,
        status=TaskStatus.PROCESSING,
        attempt=expired.attempt,
        lease_until=expired.lease_until,
    )
    task = still_lost.select_for_update(skip_locked=True).first()
    if task is None:
        return False
    losses = task.losses + 1
    if task.cancel_requested:
        values: dict[str, Any] = dict(_CANCELLED)
    elif losses >= settings.VREWCRAFT_MAX_LOSSES:
        values = {"lease_until": None, **_error_values(Failure("lost", {"count": losses}))}
    else:
        values = dict(_PENDING_AGAIN)
    Task.objects.filter(pk=task.pk).update(updated_at=Now(), losses=losses, **values)
    _close(task, task.attempt, Attempt.Outcome.LOST)
    lost = Task.objects.get(pk=task.pk)
    _gate_closed(lost)
    announce(lost)
    return True


def _gate_closed(task: Task) -> None:
    """A video whose reading or making has ended without success cannot be used: it says why.

    Tasks that waited for it can be claimed, to fail with the same reason.
    """
    failed = task.status in (TaskStatus.ERROR, TaskStatus.CANCELLED)
    if not task.is_gate or not failed or task.video.state == Video.State.READY:
        return
    task.video.become_broken(task.error_code or "cancelled", task.error_blanks)
    Task.objects.filter(
        source_links__video=task.video, claimable=False, status=TaskStatus.PENDING
    ).update(claimable=True, work_class=WorkClass.PROBE)


def _error_values(failure: Failure) -> dict[str, Any]:
    return {
        "status": TaskStatus.ERROR,
        "paused": False,
        "error_code": failure.code,
        "error_blanks": dict(failure.values),
        "finished_at": Now(),
        "stalled": False,
        "eta_seconds": None,
        # Two: a probe's end is its state and an error (progress/events.py).
        "seq": F("seq") + 2,
    }


_PENDING_AGAIN: dict[str, Any] = {
    "status": TaskStatus.PENDING,
    "fraction": 0,
    "indeterminate": False,
    "step": StepCode.WAITING,
    "stalled": False,
    "eta_seconds": None,
    "speed": None,
    "fps": None,
    "done_us": None,
    "done_bytes": None,
    "lease_until": None,
    "worker": "",
    "seq": F("seq") + 1,
}
_CANCELLED: dict[str, Any] = {
    "status": TaskStatus.CANCELLED,
    "paused": False,
    "lease_until": None,
    "stalled": False,
    "eta_seconds": None,
    "finished_at": Now(),
    "seq": F("seq") + 1,
}

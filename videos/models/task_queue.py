"""The queue: which task a worker may take, and whose lease has run out, by the database's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from videos.core.enums import StepCode
from videos.models.queue_pause import EVERYBODY, QueuePause
from videos.models.signals import announce
from videos.models.video import Viewer

if TYPE_CHECKING:
    from videos.models.task import Task  # noqa: F401 (named in a string below)


# What is more urgent first, then everybody's turn, then age.
ORDER = ("-priority", "turn", "created_at")


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to a task: every write is checked against `attempt`, the fence."""

    task_id: UUID
    attempt: int
    worker: str


class LostClaimError(Exception):
    """The task has another owner now: stop, delete own files, leave."""


class TaskQuerySet(models.QuerySet["Task"]):
    """Looks tasks up, and claims them."""

    def for_user(self, user: Viewer) -> Self:
        """Only what this person may see: their own, of videos that are not deleted."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(owner=user, video__deleted_at__isnull=True)

    def for_lists(self) -> Self:
        """With all that their state shows, in a fixed number of queries."""
        return self.select_related("video").defer("video__probe").prefetch_related("outputs")

    def in_line(self, paused: frozenset[str] | None = None) -> Self:
        """Pending tasks that nobody has paused, in the order in which they are taken.

        `paused`: the paused queues; without it, those paused now.
        """
        line = self.filter(status="pending", paused=False).order_by(*ORDER)
        if paused is None:
            paused = QueuePause.objects.names()
        if EVERYBODY in paused:
            return line.filter(housekeeping=True)
        return line.exclude(owner__in=paused, housekeeping=False) if paused else line

    def waiting(self, work_class: str, paused: frozenset[str] | None = None) -> Self:
        """What a worker of that class may take now, best first; `paused` as for `in_line`."""
        due = Q(not_before__isnull=True) | Q(not_before__lte=Now())
        return self.in_line(paused).filter(due, claimable=True, work_class=work_class)

    def claimed_by(self, claim: Claim) -> Self:
        """The task if the claim still holds, else nothing."""
        return self.filter(pk=claim.task_id, status="processing", attempt=claim.attempt)

    def claim_next(self, worker: str, work_class: str, lease_seconds: float) -> Claim | None:
        """Take the best waiting task of a class: pending to processing, a new attempt, a lease.

        Two workers never get the same task: the update is conditional, and PostgreSQL skips rows
        that another worker is taking (SQLite lets one writer in at a time).
        """
        if not self.filter(status="pending", claimable=True, work_class=work_class).exists():
            return None  # the usual answer, in one question
        waiting = self.waiting(work_class)
        if not waiting.exists():
            return None
        with transaction.atomic():
            best = waiting.select_for_update(skip_locked=True).first()
            if best is None:
                return None
            taken = self.filter(pk=best.pk, status="pending", paused=False).update(
                status="processing",
                attempt=F("attempt") + 1,
                worker=worker,
                lease_until=Now() + timedelta(seconds=lease_seconds),
                started_at=Now(),
                updated_at=Now(),
                fraction=0,
                indeterminate=False,
                step=StepCode.STARTING,
                eta_seconds=None,
                seq=F("seq") + 1,
            )
            if not taken:
                return None
            claim = Claim(best.pk, best.attempt + 1, worker)
            best.attempts.create(number=claim.attempt, worker=worker)
            announce(self.get(pk=best.pk))
        return claim

    def extend(self, claims: list[Claim], lease_seconds: float) -> None:
        """A heartbeat: push the leases out."""
        for claim in claims:
            self.claimed_by(claim).update(lease_until=Now() + timedelta(seconds=lease_seconds))

    def expired(self) -> Self:
        """Processing tasks whose lease has expired."""
        return self.filter(status="processing", lease_until__lt=Now())

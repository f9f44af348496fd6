"""When waiting tasks will begin: the queue played through on the workers there are."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, FloatField
from django.db.models.functions import Cast, Coalesce

from videos.models import Task, WorkerBeat


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pending task stands in the queue of its class, from 1 on.

    `starts_in` are the expected seconds until a worker takes it; None where that is unknown.
    """

    position: int
    starts_in: float | None


def places(task_ids: Collection[UUID]) -> dict[UUID, Place]:
    """The place of each wanted pending task; paused ones have none."""
    if not task_ids:
        return {}
    free = _free_at()
    counts: Counter[str] = Counter()
    positions: dict[UUID, Place] = {}
    keys = _by_text(task_ids)
    # A long queue is read whole, and to make a UUID of each key takes longer than all the rest.
    line = Task.objects.in_line().annotate(text=Cast("pk", CharField()))
    rows = line.values_list("text", "work_class", "expected_seconds", "claimable")
    for text, work_class, seconds, claimable in rows:
        counts[work_class] += 1
        slots = free[work_class]
        starts = slots[0] if slots and claimable else None
        if starts is not None:
            heapq.heapreplace(slots, starts + seconds)
        if text in keys:
            positions[keys[text]] = Place(counts[work_class], starts)
    return positions


def _by_text(task_ids: Collection[UUID]) -> dict[str, UUID]:
    """SQLite has keys as 32 hexadecimal digits, PostgreSQL writes them with hyphens."""
    return {text: key for key in task_ids for text in (key.hex, str(key))}


def _free_at() -> defaultdict[str, list[float]]:
    """For each class a heap of the seconds until each of the living workers' slots is free."""
    busy: defaultdict[str, list[float]] = defaultdict(list)
    left = Coalesce("eta_seconds", "expected_seconds", output_field=FloatField())
    running = Task.objects.filter(status="processing", paused=False).annotate(left=left)
    for work_class, seconds in running.values_list("work_class", "left"):
        busy[work_class].append(seconds)
    free: defaultdict[str, list[float]] = defaultdict(list)
    for work_class, count in _slots():
        busy_until = sorted(busy[work_class])[:count]
        free[work_class] = busy_until + [0.0] * (count - len(busy_until))
        heapq.heapify(free[work_class])
    return free


def _slots() -> Iterable[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for worker in WorkerBeat.objects.live(settings.VREWCRAFT_LEASE_SECONDS):
        counts.update(worker.slots)
    return counts.items()

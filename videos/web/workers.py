"""The page of the workers: who lives, on what machine, and what each runs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from videos.core.errors import AppError
from videos.http.error_responses import errors_as_page
from videos.models import Task, WorkerBeat
from videos.operations import registry as operations


@dataclass(frozen=True, slots=True)
class RunningTask:
    """A task at a worker."""

    label: str
    owner: str
    percent: int
    paused: bool


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker as the page shows it."""

    beat: WorkerBeat
    seconds: int
    is_live: bool
    slots: str
    encoders: str
    running: tuple[RunningTask, ...]


@require_safe
@login_required
@errors_as_page
def workers(request: HttpRequest) -> HttpResponse:
    """For the staff; in local mode the owner is that."""
    if not getattr(request.user, "is_staff", False):
        raise AppError("not_found", 404)
    rows = worker_rows()
    waiting = Task.objects.filter(status=Task.Status.PENDING).count()
    live = sum(row.is_live for row in rows)
    return render(request, "workers.html", {"rows": rows, "waiting": waiting, "live": live})


def worker_rows() -> list[WorkerRow]:
    """Every worker seen within a day, with its tasks."""
    running: defaultdict[str, list[RunningTask]] = defaultdict(list)
    tasks = Task.objects.filter(status=Task.Status.PROCESSING).select_related("owner")
    for task in tasks:
        running[task.worker].append(_running(task))
    beats = WorkerBeat.objects.with_age().order_by("host", "started_at")
    return [_row(beat, tuple(running[beat.name])) for beat in beats]


def _running(task: Task) -> RunningTask:
    operation = operations.by_slug().get(task.operation)
    label = operation.name(task.params) if operation else task.name
    return RunningTask(label, task.owner.get_username(), int(task.percent), task.paused)


def _row(beat: Any, running: tuple[RunningTask, ...]) -> WorkerRow:
    seconds = max(0.0, beat.age.total_seconds())
    return WorkerRow(
        beat=beat,
        seconds=round(seconds),
        is_live=seconds < settings.VREWCRAFT_LEASE_SECONDS,
        slots=", ".join(f"{name} {count}" for name, count in beat.slots.items()),
        encoders=", ".join(beat.encoders),
        running=running,
    )

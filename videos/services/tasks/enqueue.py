"""Putting a task into the queue: from an operation and checked params to a pending row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import translation

from videos.core.enums import Priority, Role, WorkClass
from videos.models import Task, TaskSource, Upload, Video
from videos.models.signals import announce
from videos.operations import registry as operations
from videos.operations.base import Operation
from videos.services.tasks import notify
from videos.services.tasks.estimates import speeds
from videos.services.tasks.fairness import next_turn
from videos.services.tasks.idempotency import RequestKey

INDEXED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """Everything that a task is requested with, its params checked."""

    operation: Operation
    video: Video
    """Whose page shows it, and whose owner it gets."""
    sources: Sequence[Video]
    params: Mapping[str, Any]
    key: RequestKey | None = None
    """What it was requested under."""
    again: bool = False
    """Also where the same was made before."""
    batch: bool = False
    """Nobody waits for it at a page."""


@transaction.atomic
def enqueue(request: TaskRequest) -> Task:
    """A pending task. Workers may take it once all its sources are probed.

    The sources are locked and read anew: a probe that ends at this moment either sees this task
    waiting, or is seen by it. Raises IntegrityError where the key has made a task already.
    """
    operation, video, params = request.operation, request.video, request.params
    cost = _cost(operation, _locked(request.sources), params)
    priority = _priority(operation, batch=request.batch)
    task = Task.objects.create(
        owner_id=video.owner_id,
        video=video,
        operation=operation.slug,
        name=english_name(operation, params),
        detail=operation.detail(params),
        params=dict(params),
        housekeeping=operation.role.housekeeping,
        is_gate=operation.role.is_gate,
        idempotency_key=request.key.text if request.key else None,
        request_digest=request.key.digest if request.key else "",
        priority=priority,
        turn=next_turn(video.owner_id, cost.work_class, priority),
        seq=1,
        **asdict(cost),
    )
    TaskSource.objects.bulk_create(
        TaskSource(task=task, video=source, position=n) for n, source in enumerate(request.sources)
    )
    announce(task)
    notify.wake(task.work_class)
    return task


def _priority(operation: Operation, *, batch: bool) -> Priority:
    if batch:
        return Priority.BATCH
    return Priority.ARRIVAL if operation.role is Role.ARRIVAL else Priority.INTERACTIVE


def english_name(operation: Operation, params: Mapping[str, Any]) -> str:
    """The task's name as rows and the wire have it."""
    with translation.override(None):
        return operation.name(params)


@transaction.atomic
def video_is_ready(video: Video) -> None:
    """A source has been probed: waiting tasks may be taken, arrival operations begin."""
    waiting = Task.objects.filter(source_links__video=video, claimable=False, status="pending")
    for task in waiting.distinct():
        reconsider(task)
    source = video.as_source
    batch = Upload.objects.filter(video=video, method=Upload.Method.IMPORT).exists()
    for operation in operations.on_arrival():
        if source is None or not operation.applies(source):
            continue
        existing = Task.objects.filter(video=video, operation=operation.slug)
        if not existing.exclude(status__in=["error", "cancelled"]).exists():
            enqueue(TaskRequest(operation, video, [video], {}, batch=batch))


def index_earlier_sources() -> int:
    """Have sources read that are of a release without indexes; gives how many, a few at a time."""
    operation = operations.get("index")
    tried = Task.objects.filter(operation=operation.slug).values("video")
    earlier = Video.objects.filter(
        state=Video.State.READY, index__isnull=True, deleted_at__isnull=True
    ).exclude(pk__in=tried)
    videos = list(earlier.for_lists().order_by("-created_at")[:INDEXED_AT_ONCE])
    for video in videos:
        enqueue(TaskRequest(operation, video, [video], {}, batch=True))
    return len(videos)


@transaction.atomic
def reconsider(task: Task) -> None:
    """Say anew whether a pending task may be taken, and at what cost: its sources have changed."""
    operation = operations.get(task.operation)
    links = task.source_links.select_related("video")
    cost = _cost(operation, _locked([link.video for link in links]), task.params)
    Task.objects.filter(pk=task.pk, status="pending").update(
        turn=next_turn(task.owner_id, cost.work_class, task.priority, task.pk),
        **asdict(cost),
    )
    if cost.claimable:
        notify.wake(cost.work_class)


def find_forgotten() -> int:
    """Reconsider pending tasks that wait for no source any more; gives how many there were."""
    forgotten = Task.objects.filter(status="pending", claimable=False).exclude(
        source_links__video__state=Video.State.ARRIVING
    )
    for task in forgotten:
        reconsider(task)
    return len(forgotten)


def _locked(videos: Sequence[Video]) -> list[Video]:
    """The same videos as they are now, locked until the transaction ends (in one order for all)."""
    keys = [video.pk for video in videos]
    fresh = {
        video.pk: video
        for video in Video.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    return [fresh[key] for key in keys if key in fresh]


@dataclass(frozen=True, slots=True)
class _Cost:
    """The columns of a task that say whether workers may take it, and what it takes."""

    claimable: bool
    work_class: WorkClass
    guessed_seconds: float = 0.0
    expected_seconds: float = 0.0


def _cost(operation: Operation, sources: Sequence[Video], params: Mapping[str, Any]) -> _Cost:
    """A task's cost, unknown while a source it needs has not been probed.

    A task with an unusable source is cheap: it is claimed only to end with that reason.
    """
    if operation.needs_probe and any(video.state == Video.State.BROKEN for video in sources):
        return _Cost(claimable=True, work_class=WorkClass.PROBE)
    probed = [source for video in sources if (source := video.as_source)]
    if operation.needs_probe and len(probed) < len(sources):
        return _Cost(claimable=False, work_class=WorkClass.CPU)
    estimate = operation.estimate(probed, params)
    expected = speeds.expected_seconds(operation.slug, estimate, speeds.size_of(probed))
    return _Cost(True, estimate.work_class, estimate.seconds, expected)

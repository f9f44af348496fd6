"""Tasks as JSON. Wire text is English; pages find their words by codes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from django.utils import translation
from typing_extensions import TypedDict

from videos.core.enums import StepCode
from videos.core.json_types import ErrorState, Id, Time, choice, described
from videos.models import QueuePause, Task
from videos.models.queue_pause import is_held
from videos.models.task import TaskStatus
from videos.operations import registry as operations
from videos.operations.base import Operation
from videos.serializers.error import error_state
from videos.serializers.output import OutputState, output_state, present_outputs
from videos.services.tasks import forecast
from videos.services.tasks.forecast import Place


@described
class DoneState(TypedDict):
    """What a running task's step has done."""

    doneSeconds: float | None
    """Seconds of film, null where the step does not say."""
    doneBytes: int | None
    """The same in bytes."""
    stalled: bool
    """True while there is no progress for an unusually long time."""


@described
class PlaceState(TypedDict):
    """Where a waiting task stands."""

    queuePosition: int | None
    """1 is next; null unless pending, and while paused."""
    startsInSeconds: float | None
    """Expected seconds until a worker takes it, by what is before it; null unless pending, or
    where no worker lives."""
    endsInSeconds: float | None
    """The same until it is complete."""


@described
class PauseState(TypedDict):
    """Whether somebody has paused the task: [pause](#pause)."""

    paused: bool
    """It has been paused itself."""
    queuePaused: bool
    """Its queue is paused."""


@described
class TaskFields(TypedDict):
    """What a task is, and how far."""

    id: Id
    videoId: Id
    videoName: str
    name: str
    """For people, in English."""
    detail: str
    """The part of the name that is the same in every language."""
    operation: str
    """The slug of what it does."""
    housekeeping: bool
    """True for what nobody asked for (probe, poster, storyboard, peaks)."""
    status: Annotated[str, choice(TaskStatus)]
    progress: float
    """0 to 100; 100 only when complete."""
    message: str
    """For people, in English; empty where the status says it all."""
    step: Annotated[str, choice(StepCode)]
    """What it is doing; `fetching`: the source comes from the bucket."""
    etaSeconds: float | None
    """Seconds left; null while that would be a guess, and outside `processing`."""
    indeterminate: bool
    """True where the progress cannot be measured."""
    expectedSeconds: float
    """What all of it was expected to take when it was asked for."""
    attempt: int
    """How often it has been started."""
    seq: int
    """Rises within the task."""
    outputs: list[OutputState]
    """The main one first."""
    error: ErrorState | None
    createdAt: Time
    finishedAt: Time | None


@described
class TaskState(TaskFields, DoneState, PlaceState, PauseState):
    """A task as it is sent."""


def task_state(task: Task) -> TaskState:
    """A task as it is sent."""
    return task_states([task])[0]


def task_states(tasks: Collection[Task]) -> list[TaskState]:
    """The same of many, in a fixed number of queries where they come `for_lists`."""
    with translation.override(None):
        return localised_states(tasks)


def localised_states(tasks: Collection[Task]) -> list[TaskState]:
    """The same, their texts in the active language."""
    places = forecast.places({task.pk for task in tasks if _is_pending(task)})
    queues = paused_queues(tasks)
    return [_state(task, places.get(task.pk), queues) for task in tasks]


def _is_pending(task: Task) -> bool:
    return task.status == TaskStatus.PENDING


def _state(task: Task, place: Place | None, queues: frozenset[str]) -> TaskState:
    operation = operations.by_slug().get(task.operation)
    return {
        "id": str(task.pk),
        "videoId": str(task.video_id),
        "videoName": task.video.name,
        "name": operation.name(task.params) if operation else task.name,
        "detail": task.detail,
        "operation": task.operation,
        "housekeeping": task.housekeeping,
        "status": str(task.status),
        "progress": task.percent,
        "message": message(task),
        "step": str(task.step),
        "etaSeconds": task.eta_seconds,
        "indeterminate": task.indeterminate,
        **done_state(task),
        **place_state(task, place),
        "expectedSeconds": task.expected_seconds,
        "attempt": task.attempt,
        "seq": task.seq,
        "outputs": [output_state(output) for output in present_outputs(task)],
        "error": error_state(task.error_code, task.error_blanks) if task.error_code else None,
        "createdAt": task.created_at.isoformat(),
        "finishedAt": finished_at(task),
        **pause_state(task, queues),
    }


def finished_at(task: Task) -> str | None:
    """When it ended, as the wire has times."""
    return task.finished_at.isoformat() if task.finished_at else None


def place_state(task: Task, place: Place | None) -> PlaceState:
    """Where a waiting task stands, and in how many seconds it begins and ends."""
    return {
        "queuePosition": place.position if place else None,
        "startsInSeconds": place.starts_in if place else None,
        "endsInSeconds": _ends_in(task, place),
    }


def _ends_in(task: Task, place: Place | None) -> float | None:
    if place is None or place.starts_in is None:
        return None
    return place.starts_in + task.expected_seconds


def paused_queues(tasks: Collection[Task]) -> frozenset[str]:
    """The paused queues, if that matters to any of these tasks."""
    unknown = any(not task.is_terminal and task.queue_paused is None for task in tasks)
    return QueuePause.objects.names() if unknown else frozenset()


def pause_state(task: Task, queues: frozenset[str]) -> PauseState:
    """Whether it is paused: itself, or with its queue."""
    return {"paused": task.paused, "queuePaused": not task.is_terminal and is_held(task, queues)}


def done_state(task: Task) -> DoneState:
    """What a running task's step has done: seconds of video, bytes; whether it stalls."""
    return {
        "doneSeconds": None if task.done_us is None else max(0.0, task.done_us / 1_000_000),
        "doneBytes": task.done_bytes,
        "stalled": task.stalled,
    }


def message(task: Task) -> str:
    """What a task says of itself, in the active language."""
    operation = operations.by_slug().get(task.operation)
    if operation is None:
        return ""
    if task.status == TaskStatus.COMPLETE:
        return str(operation.words.complete)
    if task.status != TaskStatus.PROCESSING:
        return ""
    starting = task.step == StepCode.STARTING
    return str(operation.words.starting if starting else operation.words.working)


def english_message(task: Task) -> str:
    """What a task says of itself, as the wire has it."""
    with translation.override(None):
        return message(task)


def started(operation: Operation) -> str:
    """The answer's message when an edit was accepted, in English."""
    with translation.override(None):
        return f"{operation.label} started"

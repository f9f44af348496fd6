"""Cancel, pause, resume, retry: one task, many, or a whole queue, by the same rules."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from videos.core.enums import WorkClass
from videos.core.errors import AppError
from videos.models import QueuePause, Task, Video, task_state
from videos.models.lookup import as_key, one
from videos.models.queue_pause import EVERYBODY, queue_of
from videos.models.task_queue import ORDER
from videos.models.video import Viewer, owner_key
from videos.services.tasks import notify
from videos.services.tasks.enqueue import reconsider
from videos.services.tasks.fairness import rejoin, renew_turn

MAX_TASKS = 1000


class TaskAction(enum.StrEnum):
    """What can be done to a task."""

    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"

    @property
    def label(self) -> Promise | str:
        """What its button says."""
        return _LABELS[self]


_LABELS: dict[TaskAction, Promise | str] = {
    TaskAction.CANCEL: _("Cancel"),
    TaskAction.PAUSE: _("Pause"),
    TaskAction.RESUME: _("Resume"),
    TaskAction.RETRY: _("Retry"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of many; `error` is None where it was done."""

    task_id: str
    error: AppError | None = None


def apply(verb: TaskAction, task: Task) -> None:
    """Apply it to one task. Raises AppError 409 where its state does not allow it."""
    {
        TaskAction.CANCEL: cancel_task,
        TaskAction.PAUSE: pause_task,
        TaskAction.RESUME: resume_task,
        TaskAction.RETRY: retry_task,
    }[verb](task)


def apply_to_many(user: Viewer, verb: TaskAction, task_ids: Iterable[str]) -> list[Result]:
    """Do it to each of a person's tasks; what cannot be done keeps the others from nothing."""
    unique_ids = list(dict.fromkeys(task_ids))
    results = {task_id: _tried(user, verb, task_id) for task_id in _in_turn(user, unique_ids)}
    return [results[task_id] for task_id in unique_ids]


def _in_turn(user: Viewer, task_ids: Iterable[str]) -> list[str]:
    """The ids in the order of the tasks' turns: those that get new ones keep it among themselves.

    What names no task comes last.
    """
    keys = {task_id: as_key(task_id) for task_id in task_ids}
    tasks = Task.objects.for_user(user).filter(pk__in=[key for key in keys.values() if key])
    in_turn = tasks.order_by(*ORDER).values_list("pk", flat=True)
    places: dict[UUID | None, int] = {key: place for place, key in enumerate(in_turn)}
    return sorted(keys, key=lambda task_id: places.get(keys[task_id], len(places)))


def _tried(user: Viewer, verb: TaskAction, task_id: str) -> Result:
    try:
        apply(verb, find_task(user, task_id))
    except AppError as error:
        return Result(task_id, error)
    return Result(task_id)


def available_actions(task: Task) -> list[TaskAction]:
    """What can be done to a task as it stands."""
    return [verb for verb in TaskAction if _is_available(verb, task)]


def is_available(verb: TaskAction, tasks: Iterable[Task]) -> list[Task]:
    """Those of the tasks that `verb` would change."""
    return [task for task in tasks if _is_available(verb, task)]


def _is_available(verb: TaskAction, task: Task) -> bool:
    if verb is TaskAction.RETRY:
        return task.status in (Task.Status.ERROR, Task.Status.CANCELLED)
    if task.is_terminal:
        return False
    return verb is TaskAction.CANCEL or task.paused is (verb is TaskAction.RESUME)


def pause_task(task: Task) -> None:
    """Pause it, running or waiting, until it is resumed. Raises AppError 409."""
    if not task_state.pause(task):
        raise AppError("not_pausable", 409)


@transaction.atomic
def resume_task(task: Task) -> None:
    """Resume it, in the current round if that has passed its turn. Raises AppError 409."""
    renew_turn(task.pk)
    if not task_state.resume(task):
        raise AppError("not_pausable", 409)
    notify.wake(Task.objects.values_list("work_class", flat=True).get(pk=task.pk))


@dataclass(frozen=True, slots=True)
class QueueState:
    """The state of a user's queue. `everybody_paused`: paused by staff, for all users."""

    paused: bool
    everybody_paused: bool


def queue_state(user: Viewer) -> QueueState:
    """How a person's queue stands."""
    names = QueuePause.objects.names()
    return QueueState(
        paused=queue_of(owner_key(user)) in names, everybody_paused=EVERYBODY in names
    )


def pause_queue(user: Viewer, *, everybody: bool = False) -> None:
    """Pause all edits of a user, or of all users. Raises AppError 403."""
    pause_queue_of(_queue_owner(user, everybody=everybody))


def resume_queue(user: Viewer, *, everybody: bool = False) -> None:
    """Resume them, except those that are paused themselves. Raises AppError 403."""
    resume_queue_of(_queue_owner(user, everybody=everybody))


@transaction.atomic
def pause_queue_of(owner: UUID | None) -> None:
    """Pause the queue of a user, or of all users."""
    QueuePause.objects.get_or_create(queue=queue_of(owner), defaults={"owner_id": owner})
    _notify_owner(owner)


@transaction.atomic
def resume_queue_of(owner: UUID | None) -> None:
    """Resume it."""
    gone, _each = QueuePause.objects.filter(queue=queue_of(owner)).delete()
    if owner and gone:
        rejoin(owner)
    _notify_owner(owner)
    for work_class in WorkClass:
        notify.wake(work_class)


def _queue_owner(user: Viewer, *, everybody: bool) -> UUID | None:
    if not everybody:
        return owner_key(user)
    if not may_control_queues(user):
        raise AppError("staff_only", 403)
    return None


def may_control_queues(user: Viewer) -> bool:
    """Whether a user may pause and resume the queues of all users, and in the admin those of
    others.

    The staff may: one rule for pages, API and admin.
    """
    return bool(getattr(user, "is_staff", False))


def _notify_owner(owner: UUID | None) -> None:
    """Publish the tasks that stop or resume at once to open pages."""
    running = Task.objects.filter(status=Task.Status.PROCESSING, housekeeping=False)
    task_state.queue_changed(running.filter(owner=owner) if owner else running)


def find_task(user: Viewer, task_id: str | UUID) -> Task:
    """The user's own task. Raises AppError 404."""
    return one(Task.objects.for_user(user), task_id)


def cancel_task(task: Task) -> None:
    """Cancel a task that has not ended. Raises AppError 409."""
    if not task_state.cancel(task):
        raise AppError("not_cancellable", 409)


def retry_task(task: Task) -> None:
    """Retry a failed or cancelled task with a fresh budget. Raises AppError 409."""
    with transaction.atomic():
        if not task_state.retry(task):
            raise AppError("not_retryable", 409)
        if task.is_gate:
            Video.objects.filter(pk=task.video_id, state=Video.State.BROKEN).update(
                state=Video.State.ARRIVING, error_code="", error_blanks={}
            )
        reconsider(task)

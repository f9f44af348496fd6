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
from videos.core.errors import Refusal
from videos.models import QueuePause, Task, Video, task_state
from videos.models.lookup import as_key, one
from videos.models.queue_pause import EVERYBODY, queue_of
from videos.models.task_queue import ORDER
from videos.models.video import Viewer, owner_key
from videos.services.tasks import notify
from videos.services.tasks.enqueue import reconsider
from videos.services.tasks.fairness import rejoin, renew_turn

MOST = 1000


class Verb(enum.StrEnum):
    """What can be done to a task."""

    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"

    @property
    def label(self) -> Promise | str:
        """What its button says."""
        return _LABELS[self]


_LABELS: dict[Verb, Promise | str] = {
    Verb.CANCEL: _("Cancel"),
    Verb.PAUSE: _("Pause"),
    Verb.RESUME: _("Resume"),
    Verb.RETRY: _("Retry"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of many; `refusal` is None where it was done."""

    task_id: str
    refusal: Refusal | None = None


def do(verb: Verb, task: Task) -> None:
    """Do it to one task. Raises Refusal 409 where its state does not allow it."""
    {
        Verb.CANCEL: cancel_task,
        Verb.PAUSE: pause_task,
        Verb.RESUME: resume_task,
        Verb.RETRY: retry_task,
    }[verb](task)


def do_to_many(user: Viewer, verb: Verb, task_ids: Iterable[str]) -> list[Result]:
    """Do it to each of a person's tasks; what cannot be done keeps the others from nothing."""
    wanted = list(dict.fromkeys(task_ids))
    results = {task_id: _tried(user, verb, task_id) for task_id in _in_turn(user, wanted)}
    return [results[task_id] for task_id in wanted]


def _in_turn(user: Viewer, task_ids: Iterable[str]) -> list[str]:
    """The ids in the order of the tasks' turns: those that get new ones keep it among themselves.

    What names no task comes last.
    """
    keys = {task_id: as_key(task_id) for task_id in task_ids}
    found = Task.objects.for_user(user).filter(pk__in=[key for key in keys.values() if key])
    in_turn = found.order_by(*ORDER).values_list("pk", flat=True)
    places: dict[UUID | None, int] = {key: place for place, key in enumerate(in_turn)}
    return sorted(keys, key=lambda task_id: places.get(keys[task_id], len(places)))


def _tried(user: Viewer, verb: Verb, task_id: str) -> Result:
    try:
        do(verb, find_task(user, task_id))
    except Refusal as refusal:
        return Result(task_id, refusal)
    return Result(task_id)


def verbs(task: Task) -> list[Verb]:
    """What can be done to a task as it stands."""
    return [verb for verb in Verb if _suits(verb, task)]


def suits(verb: Verb, tasks: Iterable[Task]) -> list[Task]:
    """Those of the tasks that `verb` would change."""
    return [task for task in tasks if _suits(verb, task)]


def _suits(verb: Verb, task: Task) -> bool:
    if verb is Verb.RETRY:
        return task.status in (Task.Status.ERROR, Task.Status.CANCELLED)
    if task.is_terminal:
        return False
    return verb is Verb.CANCEL or task.paused is (verb is Verb.RESUME)


def pause_task(task: Task) -> None:
    """Let it stand still, running or waiting, until somebody resumes it. Raises Refusal 409."""
    if not task_state.pause(task):
        raise Refusal("not_pausable", 409)


@transaction.atomic
def resume_task(task: Task) -> None:
    """Let it go on, in the present round if that has passed its turn. Raises Refusal 409."""
    renew_turn(task.pk)
    if not task_state.resume(task):
        raise Refusal("not_pausable", 409)
    notify.wake(Task.objects.values_list("work_class", flat=True).get(pk=task.pk))


@dataclass(frozen=True, slots=True)
class QueueState:
    """How a person's queue stands. `everybody_paused`: by somebody of the staff, for all."""

    paused: bool
    everybody_paused: bool


def queue_state(user: Viewer) -> QueueState:
    """How a person's queue stands."""
    names = QueuePause.objects.names()
    return QueueState(
        paused=queue_of(owner_key(user)) in names, everybody_paused=EVERYBODY in names
    )


def pause_queue(user: Viewer, *, everybody: bool = False) -> None:
    """Let all edits of a person stand still, or everybody's. Raises Refusal 403."""
    hold_queue(_queue_owner(user, everybody=everybody))


def resume_queue(user: Viewer, *, everybody: bool = False) -> None:
    """Let them go on, but for those that are paused themselves. Raises Refusal 403."""
    release_queue(_queue_owner(user, everybody=everybody))


@transaction.atomic
def hold_queue(owner: UUID | None) -> None:
    """Pause the queue of a person, or without one everybody's."""
    QueuePause.objects.get_or_create(queue=queue_of(owner), defaults={"owner_id": owner})
    _tell(owner)


@transaction.atomic
def release_queue(owner: UUID | None) -> None:
    """Let it go on."""
    gone, _each = QueuePause.objects.filter(queue=queue_of(owner)).delete()
    if owner and gone:
        rejoin(owner)
    _tell(owner)
    for work_class in WorkClass:
        notify.wake(work_class)


def _queue_owner(user: Viewer, *, everybody: bool) -> UUID | None:
    if not everybody:
        return owner_key(user)
    if not may_steer_queues(user):
        raise Refusal("staff_only", 403)
    return None


def may_steer_queues(user: Viewer) -> bool:
    """Whether a person may pause and resume everybody's queue, and in the admin other people's.

    The staff may: one rule for pages, API and admin.
    """
    return bool(getattr(user, "is_staff", False))


def _tell(owner: UUID | None) -> None:
    """Open pages hear of the tasks that stop or go on at once."""
    running = Task.objects.filter(status=Task.Status.PROCESSING, housekeeping=False)
    task_state.queue_changed(running.filter(owner=owner) if owner else running)


def find_task(user: Viewer, task_id: str | UUID) -> Task:
    """The person's own task. Raises Refusal 404."""
    return one(Task.objects.for_user(user), task_id)


def cancel_task(task: Task) -> None:
    """Cancel a task that has not ended. Raises Refusal 409."""
    if not task_state.cancel(task):
        raise Refusal("not_cancellable", 409)


def retry_task(task: Task) -> None:
    """Try a failed or cancelled task again with a fresh budget. Raises Refusal 409."""
    with transaction.atomic():
        if not task_state.retry(task):
            raise Refusal("not_retryable", 409)
        if task.is_gate:
            Video.objects.filter(pk=task.video_id, state=Video.State.BROKEN).update(
                state=Video.State.ARRIVING, error_code="", error_blanks={}
            )
        reconsider(task)

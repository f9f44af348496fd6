"""Asking for edits: params checked, an earlier result reused, or a task queued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from videos.core.enums import Role
from videos.core.errors import AppError
from videos.models import Task, Video
from videos.models.signals import announce_video
from videos.models.video import Viewer, owner_key
from videos.operations import registry as operations
from videos.operations.base import Operation, Source
from videos.operations.forms import OperationForm, checked, from_json
from videos.services.tasks import reuse
from videos.services.tasks.enqueue import TaskRequest, enqueue
from videos.services.tasks.idempotency import Request, RequestKey, once


@dataclass(frozen=True, slots=True)
class EditResult:
    """A task that was asked for, and what its operation adds to the answer.

    `is_reused`: the task is an earlier one with the same result, and nothing was started.
    """

    task: Task
    answer: Mapping[str, Any]
    is_reused: bool = False


def request_sample(user: Viewer, *, key: str | None = None) -> Task:
    """A new video whose source a task makes; `key` is that of the page's form."""
    operation = next(op for op in operations.by_slug().values() if op.role is Role.ORIGIN)
    owner_id = owner_key(user)
    request_key = Request(owner_id, operation.slug, None, {}).by_form(key)

    @transaction.atomic
    def make() -> Task:
        video = Video.objects.create(owner_id=owner_id, name="sample.mp4")
        announce_video(video)
        return enqueue(TaskRequest(operation, video, [], {}, key=request_key))

    return once(request_key, make)


def edit_operation(slug: str) -> Operation:
    """The operation that a user may request by this slug. Raises AppError 404."""
    operation = operations.get(slug)
    if operation.role is not Role.EDIT:
        raise AppError("unknown_operation", 404)
    return operation


def request_edit(
    video: Video,
    operation: Operation,
    data: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
    again: bool = False,
    batch: bool = False,
) -> EditResult:
    """Request an edit with params from JSON. Raises AppError where they cannot be used.

    `again`: also where the same was made before. `batch`: by a command, which lets those come
    first who wait at a page. Under a key that has made a task already, that task is answered for,
    whatever has become of the video since.
    """
    payload = {"params": data, "again": again}
    key = Request(video.owner_id, operation.slug, video.pk, payload).under(idempotency_key)
    earlier = _earlier(video, operation, key)
    if earlier:
        return earlier
    params = from_json(operation.form, data, _sources(video))
    return _request(TaskRequest(operation, video, [video], params, key, again, batch))


def explain_edit(video: Video, operation: Operation, data: Mapping[str, Any]) -> dict[str, Any]:
    """What an edit would do, without doing it. Raises AppError where it has no plan."""
    sources = _sources(video)
    if video.state == Video.State.BROKEN:
        raise AppError(video.error_code, 409, **video.error_blanks)
    params = from_json(operation.form, data, sources)
    plan = operation.explain(sources, params) if operation.explain else {}
    if not plan:
        raise AppError("no_plan", 409)
    return plan


def request_edit_by_form(
    video: Video, operation: Operation, form: OperationForm, *, key: str | None = None
) -> EditResult:
    """Request an edit with a form sent by a page. Raises AppError where it is not valid.

    `key` came with the page: the same form pressed twice makes one task, changed it makes another.
    """
    payload = {name: form[name].data for name in form.fields}
    request_key = Request(video.owner_id, operation.slug, video.pk, payload).by_form(key)
    earlier = _earlier(video, operation, request_key)
    return earlier or _request(TaskRequest(operation, video, [video], checked(form), request_key))


def edit_form(
    video: Video, operation: Operation, data: Mapping[str, Any] | None = None
) -> OperationForm:
    """The operation's form for this video: filled with `data`, or with what suits the video."""
    return operation.form(data=data, sources=_sources(video))


def edit_forms(video: Video) -> dict[str, OperationForm]:
    """The forms of all that a person can ask for on this video, by slug."""
    sources = _sources(video)
    offered = [each for each in operations.edits() if all(map(each.applies, sources))]
    return {operation.slug: operation.form(sources=sources) for operation in offered}


def _request(request: TaskRequest) -> EditResult:
    video, operation, sources = request.video, request.operation, _sources(request.video)
    if video.state == Video.State.BROKEN:
        raise AppError(video.error_code, 409, **video.error_blanks)
    if not all(operation.applies(source) for source in sources):
        raise AppError("does_not_apply", 422)
    answer = operation.answer(sources, request.params)
    if sources and not request.again:
        reused = reuse.find_reusable(video, operation.slug, sources, request.params)
        if reused is not None:
            return EditResult(reused, answer, is_reused=True)
    return EditResult(once(request.key, partial(enqueue, request)), answer)


def _earlier(video: Video, operation: Operation, key: RequestKey | None) -> EditResult | None:
    """What was answered under this key before. Raises AppError 422 if that was another request."""
    task = key.earlier() if key else None
    return EditResult(task, operation.answer(_sources(video), task.params)) if task else None


def rerun_task(task: Task, *, batch: bool = True, key: str | None = None) -> Task:
    """The same operation with the same params as a new task; `batch`: nobody waits at a page.

    `key` is that of the page's form. Raises AppError 409 for a task that made its video: the
    original is never created again.
    """
    operation = operations.get(task.operation)
    if operation.role is Role.ORIGIN:
        raise AppError("not_repeatable", 409)
    sources = [link.video for link in task.source_links.select_related("video")]
    payload = {"again": str(task.pk)}
    request_key = Request(task.owner_id, task.operation, task.video_id, payload).by_form(key)
    request = TaskRequest(operation, task.video, sources, task.params, request_key, batch=batch)
    return once(request_key, partial(enqueue, request))


def _sources(video: Video) -> list[Source]:
    source = video.as_source
    return [source] if source else []

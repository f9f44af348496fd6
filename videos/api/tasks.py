"""The API's part that steers: cancel, pause, resume, retry, of one task, many, or a whole queue."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status

from videos.api.videos import json_object
from videos.api.videos import router as tasks_router
from videos.core.errors import Refusal
from videos.http.error_responses import refusal_state
from videos.models import Task
from videos.models.video import Viewer
from videos.serializers.task import task_state
from videos.services.tasks import control
from videos.services.tasks.control import Verb

VerbName = Literal["cancel", "pause", "resume", "retry"]

router = Router()


# On the router that lists tasks: one address has one view.
@tasks_router.post("/tasks", summary="Cancel, pause, resume or retry many tasks")
def do_to_many(request: HttpRequest) -> dict[str, Any]:
    """`action` and `taskIds`, at most 1000; what cannot be done is named with its reason."""
    data = json_object(request)
    verb, task_ids = _verb(data.pop("action", None)), _ids(data.pop("taskIds", None))
    _nothing_more(data)
    results = control.do_to_many(request.user, verb, task_ids)
    return {
        "action": verb.value,
        "done": [result.task_id for result in results if result.refusal is None],
        "refused": [
            {"taskId": result.task_id, **refusal_state(result.refusal)}
            for result in results
            if result.refusal is not None
        ],
    }


@router.post(
    "/tasks/{task_id}/{verb}",
    summary="Cancel, pause, resume or retry a task",
    response={202: dict[str, Any]},
)
def do(request: HttpRequest, task_id: str, verb: VerbName) -> Status[dict[str, Any]]:
    """A waiting task ends or stands still at once, a running one within seconds.

    `retry` is for a task that failed or was cancelled.
    """
    control.do(Verb(verb), control.find_task(request.user, task_id))
    return Status(202, task_state(control.find_task(request.user, task_id)))


@router.get("/queue", summary="How your queue stands")
def queue(request: HttpRequest) -> dict[str, Any]:
    """Whether it is paused, by you or for everybody, and how many edits wait and run."""
    return _queue_state(request.user)


@router.post("/queue/pause", summary="Pause all your edits")
def pause_queue(request: HttpRequest) -> dict[str, Any]:
    """Running ones stand still and none begins; `{"everybody": true}` is for the staff."""
    control.pause_queue(request.user, everybody=_everybody(request))
    return _queue_state(request.user)


@router.post("/queue/resume", summary="Let your edits go on")
def resume_queue(request: HttpRequest) -> dict[str, Any]:
    """All but those that are paused one by one; `{"everybody": true}` is for the staff."""
    control.resume_queue(request.user, everybody=_everybody(request))
    return _queue_state(request.user)


def _queue_state(user: Viewer) -> dict[str, Any]:
    found = control.queue_state(user)
    mine = Task.objects.for_user(user).filter(housekeeping=False)
    return {
        "paused": found.paused,
        "everybodyPaused": found.everybody_paused,
        "pending": mine.filter(status=Task.Status.PENDING).count(),
        "processing": mine.filter(status=Task.Status.PROCESSING).count(),
    }


def _everybody(request: HttpRequest) -> bool:
    data = json_object(request) if request.body else {}
    wanted = data.pop("everybody", False)
    _nothing_more(data)
    if not isinstance(wanted, bool):
        raise Refusal("invalid", 422, fields={"everybody": "not_a_choice"}, choices="true, false")
    return wanted


def _verb(name: object) -> Verb:
    try:
        return Verb(str(name))
    except ValueError:
        choices = ", ".join(Verb)
        raise Refusal("invalid", 422, fields={"action": "not_a_choice"}, choices=choices) from None


def _ids(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise Refusal("invalid", 422, fields={"taskIds": "not_a_list"})
    if len(found) > control.MOST:
        raise Refusal("invalid", 422, fields={"taskIds": "too_many"}, most=control.MOST)
    return list(dict.fromkeys(found))


def _nothing_more(data: dict[str, Any]) -> None:
    if data:
        raise Refusal("invalid", 422, fields=dict.fromkeys(data, "unknown_field"))

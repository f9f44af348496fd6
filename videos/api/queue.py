"""The JSON API of a person's queue: how it stands; pause and resume it."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from pydantic import Field
from typing_extensions import TypedDict

from videos.api.bodies import JsonBody
from videos.core.json_types import described
from videos.models import Task
from videos.models.video import Viewer
from videos.services.tasks import control

router = Router()


class WhichQueue(JsonBody):
    """Whose queue is meant."""

    everybody: bool = Field(default=False, description="Everybody's: for the staff.")


@described
class QueueState(TypedDict):
    """How a person's queue stands."""

    paused: bool
    """They have paused it."""
    everybodyPaused: bool
    """The staff have paused everybody's."""
    pending: int
    """How many of their edits wait."""
    processing: int
    """How many run."""


@router.get("/queue", summary="Get the state of your queue", response=QueueState)
def queue(request: HttpRequest) -> QueueState:
    """Whether it is paused, by you or for all users, and how many edits wait and run."""
    return _queue_state(request.user)


@router.post("/queue/pause", summary="Pause all your edits", response=QueueState)
def pause_queue(request: HttpRequest, body: WhichQueue | None = None) -> QueueState:
    """Running edits are paused and none starts; `{"everybody": true}` is for staff only."""
    control.pause_queue(request.user, everybody=bool(body and body.everybody))
    return _queue_state(request.user)


@router.post("/queue/resume", summary="Resume all your edits", response=QueueState)
def resume_queue(request: HttpRequest, body: WhichQueue | None = None) -> QueueState:
    """All but those paused one by one; `{"everybody": true}` is for staff only."""
    control.resume_queue(request.user, everybody=bool(body and body.everybody))
    return _queue_state(request.user)


def _queue_state(user: Viewer) -> QueueState:
    result = control.queue_state(user)
    mine = Task.objects.for_user(user).filter(housekeeping=False)
    return {
        "paused": result.paused,
        "everybodyPaused": result.everybody_paused,
        "pending": mine.filter(status=Task.Status.PENDING).count(),
        "processing": mine.filter(status=Task.Status.PROCESSING).count(),
    }

"""The JSON API of edits: which there are, and asking for one."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, cast

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from videos.api.bodies import JsonBody
from videos.api.types import errors
from videos.core.json_types import Id, described, described_with_more
from videos.operations import registry as operations
from videos.operations.forms import json_schema
from videos.serializers.output import ResultState, result_state
from videos.serializers.task import started
from videos.services.library import videos
from videos.services.tasks import requests
from videos.services.tasks.idempotency import LENGTH, idempotency_key

EDIT = "/edit/{operation}"
PLAN = "Answer with what would be done, and do nothing."
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key with the same request gives the same answer.",
    "schema": {"type": "string", "maxLength": LENGTH},
}

router = Router()


def _is_given(value: object) -> object:
    """What is no text names no video."""
    if not isinstance(value, str):
        raise PydanticCustomError("required", "This field is required.")
    return value


class EditRequest(JsonBody):
    """Which video, and beside that the operation's own params."""

    # The operation's form refuses what it does not know: only it knows its params.
    model_config = ConfigDict(extra="allow")

    video_id: Annotated[str, BeforeValidator(_is_given)] = Field(
        description="The id of the video.", json_schema_extra={"format": "uuid"}
    )
    again: bool = Field(default=False, description="Make it anew although it was made before.")

    @property
    def params(self) -> dict[str, Any]:
        """What is meant for the operation."""
        return self.model_extra or {}


@described
class OperationInfo(TypedDict):
    """An edit there is."""

    slug: str
    """Its name in addresses."""
    label: str
    """Its name for people, in their language."""
    params: dict[str, Any]
    """The JSON schema of its params."""


@described
class Operations(TypedDict):
    """All edits there are."""

    operations: list[OperationInfo]


@described
class ActualSegment(TypedDict):
    """Where a segment really lies, in seconds of the video."""

    start: float
    end: float


@described
class LeftOutTrack(TypedDict):
    """A track that a result does not have."""

    track: int
    """Its place in the file."""
    kind: str
    """video, audio or subtitle."""
    reason: str
    """no_decoder, not_in_span, or cover."""


@described
class PlannedPiece(TypedDict):
    """A stretch of the result."""

    how: Literal["copied", "encoded"]
    start: float
    """Seconds of the result."""
    end: float
    pictures: int
    why: str
    """Why it is encoded: head, tail, captions or whole; nothing where it is copied."""


@described
class EditPlan(TypedDict):
    """What an edit would do."""

    actual: list[ActualSegment]
    leftOut: NotRequired[list[LeftOutTrack]]
    pieces: list[PlannedPiece]
    whyEncoded: str
    """Why all of it is encoded: codec, no_entries, changing, interlaced, no_times or whole; nothing
    where that is not so."""
    seconds: float
    """How long the result is."""
    bytes: int
    """About how large it is."""
    expectedSeconds: float
    """About how long it takes on a usual machine."""


# An operation may add to its answer.
@described_with_more
class EditStarted(TypedDict):
    """An edit that was accepted."""

    success: Literal[True]
    message: str
    videoId: Id
    taskId: Id
    """The task that does it."""
    actualStart: NotRequired[float]
    """Where the result really begins, in seconds of the video; of a fast trim, where its footage
    does, which stays in the file. Only where the file has been read already."""
    actualEnd: NotRequired[float]
    """Where it really ends, in seconds of the video."""
    actual: NotRequired[list[ActualSegment]]
    """Of an export: where each segment really lies."""
    leftOut: NotRequired[list[LeftOutTrack]]
    """The tracks that the result does not have."""


@described_with_more
class AlreadyMade(EditStarted, ResultState):
    """An edit that was made before: nothing was started."""

    alreadyMade: Literal[True]


@router.get("/operations", summary="List the available edits", response=Operations)
def list_operations(request: HttpRequest) -> Operations:
    """Each with its slug, its label and the JSON schema of its params."""
    return {
        "operations": [
            {"slug": item.slug, "label": str(item.label), "params": json_schema(item.form)}
            for item in operations.edits()
        ]
    }


@router.post(
    EDIT,
    summary="Start an edit",
    response={200: AlreadyMade | EditPlan, 202: EditStarted, **errors(409)},
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def edit(
    request: HttpRequest,
    operation: str,
    body: EditRequest,
    plan: Annotated[str | None, Query(description=PLAN)] = None,
) -> Status[AlreadyMade] | Status[EditPlan] | Status[EditStarted]:
    """`videoId` and the operation's params; answers before any work begins.

    The same `Idempotency-Key` header gives the same task. What was made before is offered with 200
    and `alreadyMade`; `"again": true` makes it anew.
    """
    required = requests.edit_operation(operation)
    video = videos.find_video(request.user, body.video_id)
    if plan is not None:
        explained = requests.explain_edit(video, required, body.params)
        return Status(200, cast("EditPlan", explained))
    key = idempotency_key(request)
    requested = requests.request_edit(
        video, required, body.params, idempotency_key=key, again=body.again
    )
    answer: EditStarted = {
        "success": True,
        "message": "Already made" if requested.is_reused else started(required),
        "videoId": str(video.pk),
        "taskId": str(requested.task.pk),
        **requested.answer,  # type: ignore[typeddict-item]
    }
    if requested.is_reused:
        earlier: AlreadyMade = {**answer, "alreadyMade": True, **result_state(requested.task)}
        return Status(200, earlier)
    return Status(202, answer)

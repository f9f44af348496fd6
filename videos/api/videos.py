"""The JSON API: videos, edits, tasks. Every refusal is `{"error", "code", "remedy", "fields"?}`."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from videos.core.errors import Refusal
from videos.models import Output, Task, Video
from videos.models.video import owner_key
from videos.operations import registry as operations
from videos.operations.forms import json_schema
from videos.serializers.attempt import attempt_state
from videos.serializers.output import output_state, result_state
from videos.serializers.task import started, task_state, task_states
from videos.serializers.video import undo_seconds, video_detail, video_state
from videos.services.library import deletion, videos
from videos.services.tasks import control, requests
from videos.services.tasks.idempotency import idempotency_key
from videos.services.uploads import quota

PAGE = 100
StatusName = Literal["pending", "processing", "complete", "error", "cancelled"]
Sha256 = Annotated[str, Query(pattern="^[0-9a-fA-F]{64}$")]
Offset = Annotated[int, Query(ge=0, le=2**31 - 1)]

router = Router()


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The request's body, which must be one JSON object. Raises Refusal 415 or 400."""
    if request.content_type != "application/json":
        raise Refusal("wrong_content_type", 415, expected="application/json")
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refusal("bad_json", 400) from None
    if not isinstance(data, dict):
        raise Refusal("bad_json", 400)
    return data


@router.get("/videos", summary="Your videos, newest first")
def list_videos(
    request: HttpRequest, offset: Offset = 0, sha256: Sha256 | None = None
) -> dict[str, Any]:
    """At most 100 at a time, from `offset` on; `sha256` keeps those whose source hashes to it."""
    videos = Video.objects.for_user(request.user).for_lists()
    if sha256:
        videos = videos.filter(sha256=sha256.lower())
    return {"videos": [video_state(video) for video in videos[offset : offset + PAGE]]}


@router.get("/space", summary="What you keep, and how much more you may upload")
def get_space(request: HttpRequest) -> dict[str, Any]:
    """In bytes. Uploads under way count with all that is reserved for them."""
    room = quota.room(owner_key(request.user))
    return {
        "usedBytes": room.used,
        "leftBytes": room.left,
        "totalBytes": room.total,
        "quotaBytes": room.quota,
    }


@router.get("/videos/{video_id}", summary="One video with tracks, keyframes, tasks and outputs")
def get_video(request: HttpRequest, video_id: str) -> dict[str, Any]:
    """Times are in seconds."""
    return video_detail(videos.find_video(request.user, video_id))


@router.delete("/videos/{video_id}", summary="Delete a video, its edits and results")
def delete_video(request: HttpRequest, video_id: str) -> dict[str, Any]:
    """Hidden at once; for `undoSeconds` it can be restored, then its files are removed."""
    video = videos.find_video(request.user, video_id)
    deletion.delete_video(video)
    return {"videoId": str(video.pk), **_deleted(video)}


@router.post("/videos/{video_id}/restore", summary="Undo the deletion of a video")
def restore_video(request: HttpRequest, video_id: str) -> dict[str, Any]:
    """The video as it was."""
    return video_detail(deletion.restore_video(request.user, video_id))


@router.delete("/outputs/{output_id}", summary="Delete a result")
def delete_output(request: HttpRequest, output_id: str) -> dict[str, Any]:
    """Hidden at once; for `undoSeconds` it can be restored, then its file is removed."""
    output = videos.find_output(request.user, output_id)
    deletion.delete_output(output)
    return {"outputId": str(output.pk), **_deleted(output)}


@router.post("/outputs/{output_id}/restore", summary="Undo the deletion of a result")
def restore_output(request: HttpRequest, output_id: str) -> dict[str, Any]:
    """The result as it was."""
    return output_state(deletion.restore_output(request.user, output_id))


def _deleted(row: Video | Output) -> dict[str, Any]:
    seconds = undo_seconds(row.deleted_at) if row.deleted_at else 0.0
    return {"deleted": True, "undoSeconds": seconds}


@router.get("/operations", summary="The edits there are")
def list_operations(request: HttpRequest) -> dict[str, Any]:
    """Each with its slug, its label and the JSON schema of its params."""
    return {
        "operations": [
            {"slug": item.slug, "label": str(item.label), "params": json_schema(item.form)}
            for item in operations.edits()
        ]
    }


ANSWERS = {200: dict[str, Any], 202: dict[str, Any]}


@router.post("/edit/{operation}", summary="Start an edit", response=ANSWERS)
def edit(request: HttpRequest, operation: str) -> Status[dict[str, Any]]:
    """`videoId` and the operation's params; answers before any work begins.

    The same `Idempotency-Key` header gives the same task. What was made before is offered with 200
    and `alreadyMade`; `"again": true` makes it anew.
    """
    wanted = requests.edit_operation(operation)
    data = json_object(request)
    video_id = data.pop("videoId", None)
    if not isinstance(video_id, str):
        raise Refusal("invalid", 422, fields={"videoId": "required"})
    video = videos.find_video(request.user, video_id)
    again = data.pop("again", False)
    if not isinstance(again, bool):
        raise Refusal("invalid", 422, fields={"again": "not_a_choice"}, choices="true, false")
    key = idempotency_key(request)
    asked = requests.request_edit(video, wanted, data, idempotency_key=key, again=again)
    answer = {
        "success": True,
        "message": "Already made" if asked.already_made else started(wanted),
        "videoId": str(video.pk),
        "taskId": str(asked.task.pk),
        **asked.answer,
    }
    if asked.already_made:
        return Status(200, {**answer, "alreadyMade": True, **result_state(asked.task)})
    return Status(202, answer)


@router.get("/tasks", summary="Your tasks, newest first")
def list_tasks(
    request: HttpRequest, status: StatusName | None = None, offset: Offset = 0
) -> dict[str, Any]:
    """At most 100 at a time; `status` keeps one of the five."""
    tasks = Task.objects.for_user(request.user).for_lists()
    if status:
        tasks = tasks.filter(status=status)
    return {"tasks": task_states(list(tasks[offset : offset + PAGE]))}


@router.get("/tasks/{task_id}", summary="One task")
def get_task(request: HttpRequest, task_id: str) -> dict[str, Any]:
    """State, progress, outputs, error and attempts."""
    task = control.find_task(request.user, task_id)
    attempts = [attempt_state(attempt) for attempt in task.attempts.order_by("number")]
    return {**task_state(task), "attempts": attempts}

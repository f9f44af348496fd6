"""Tasks, videos and outputs as JSON. Wire text is English; pages find their words by codes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from videos.core import messages
from videos.core.enums import Role, StepCode
from videos.models import Attempt, Output, QueuePause, Task, Upload, Video
from videos.models.queue_pause import holds
from videos.models.task import TaskStatus
from videos.operations import registry as operations
from videos.operations.base import Operation
from videos.operations.outputs import ArtifactKind
from videos.services.tasks import forecast
from videos.services.tasks.forecast import Place

UNDO_SECONDS = 10.0


def task_state(task: Task) -> dict[str, Any]:
    """All that the wire tells of a task."""
    return task_states([task])[0]


def task_states(tasks: Collection[Task]) -> list[dict[str, Any]]:
    """The same of many, in a fixed number of queries where they come `for_lists`."""
    with translation.override(None):
        return localised_states(tasks)


def localised_states(tasks: Collection[Task]) -> list[dict[str, Any]]:
    """The same, their texts in the active language."""
    places = forecast.places({task.pk for task in tasks if _is_pending(task)})
    queues = paused_queues(tasks)
    return [{**_state(task, places.get(task.pk)), **pause_state(task, queues)} for task in tasks]


def _is_pending(task: Task) -> bool:
    return task.status == TaskStatus.PENDING


def _state(task: Task, place: Place | None) -> dict[str, Any]:
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
    }


def finished_at(task: Task) -> str | None:
    """When it ended, as the wire has times."""
    return task.finished_at.isoformat() if task.finished_at else None


def place_state(task: Task, place: Place | None) -> dict[str, Any]:
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
    """The queues that stand still, where that matters to any of these tasks."""
    some_open = any(not task.is_terminal for task in tasks)
    return QueuePause.objects.names() if some_open else frozenset()


def pause_state(task: Task, queues: frozenset[str]) -> dict[str, Any]:
    """Whether it stands still: itself, or because its queue is paused."""
    held = holds(queues, task.owner_id, housekeeping=task.housekeeping)
    return {"paused": task.paused, "queuePaused": held and not task.is_terminal}


def attempt_state(attempt: Attempt) -> dict[str, Any]:
    """One execution of a task: how it ended, and whether another one followed from that."""
    return {
        "number": attempt.number,
        "worker": attempt.worker,
        "outcome": str(attempt.outcome),
        "error": attempt.error_code or None,
        "retry": attempt.retry or None,
        "retrySeconds": attempt.retry_seconds,
        "startedAt": attempt.started_at.isoformat(),
        "endedAt": attempt.ended_at.isoformat() if attempt.ended_at else None,
    }


def done_state(task: Task) -> dict[str, Any]:
    """What a running task's step has done: seconds of film, bytes; whether it stands still."""
    return {
        "doneSeconds": None if task.done_us is None else max(0.0, task.done_us / 1_000_000),
        "doneBytes": task.done_bytes,
        "stalled": task.stalled,
    }


def present_outputs(task: Task) -> list[Output]:
    """The task's files, without those that were deleted a moment ago."""
    return [output for output in task.outputs.all() if output.deleted_at is None]


def output_state(output: Output) -> dict[str, Any]:
    """A file to download."""
    return {
        "id": str(output.pk),
        "url": output.url,
        "name": output.name,
        "kind": output.kind,
        "bytes": output.bytes,
    }


def main_url(task: Task) -> str | None:
    """What a person gets of a complete task: its main output, or the new video's source."""
    files = (each for each in present_outputs(task) if each.kind != ArtifactKind.POSTER)
    output = next(files, None)
    if output:
        return str(output.url)
    operation = operations.by_slug().get(task.operation)
    if operation and operation.role is Role.ORIGIN:
        return source_url(Video.objects.for_lists().get(pk=task.video_id))
    return None


def result_state(task: Task) -> dict[str, Any]:
    """What a complete task made."""
    outputs = [output_state(output) for output in present_outputs(task)]
    return {"outputUrl": main_url(task), "outputs": outputs}


def made_urls(video: Video) -> dict[str, str]:
    """Where the files are that the house makes of every video, by kind; the newest of each."""
    own = (ArtifactKind.POSTER, ArtifactKind.STORYBOARD, ArtifactKind.SPRITE, ArtifactKind.PEAKS)
    present = video.outputs.filter(kind__in=own, deleted_at__isnull=True)
    return {output.kind: output.url for output in present}


def source_url(video: Video) -> str:
    """Where a video's source is served."""
    return reverse("source", args=[video.pk, video.name])


def error_state(code: str, blanks: dict[str, Any]) -> dict[str, Any]:
    """Why something failed, in the active language, and what another language needs."""
    return {**messages.both(code, blanks), "code": code, "args": blanks}


def english_error(code: str, blanks: dict[str, Any]) -> dict[str, Any]:
    """Why something failed, in English."""
    with translation.override(None):
        return error_state(code, blanks)


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


def video_state(video: Video) -> dict[str, Any]:
    """A video without its tasks."""
    broken = bool(video.error_code)
    return {
        "id": str(video.pk),
        "name": video.name,
        "url": reverse("video", args=[video.pk]),
        "state": str(video.state),
        "bytes": video.bytes,
        "duration": video.seconds if video.duration_us else None,
        "width": video.width,
        "height": video.height,
        "warnings": video.warnings,
        "error": english_error(video.error_code, video.error_blanks) if broken else None,
        "sourceUrl": source_url(video) if video.source_key else None,
        "createdAt": video.created_at.isoformat(),
    }


def video_event(video: Video) -> dict[str, Any]:
    """What open pages are told when a video changed; `undoSeconds` while it can be restored."""
    deleted = video.deleted_at is not None
    return {
        **video_state(video),
        "state": "deleted" if deleted else str(video.state),
        "deleted": deleted,
        "undoSeconds": undo_seconds(video.deleted_at) if video.deleted_at else None,
        "seq": video.seq,
    }


def undo_seconds(deleted_at: datetime) -> float:
    """How long a deletion can still be undone, in seconds, as people are promised."""
    age = (timezone.now() - deleted_at).total_seconds()
    return round(max(0.0, UNDO_SECONDS - age), 1)


def upload_state(upload: Upload) -> dict[str, Any]:
    """How far an upload is: bytes that are safe on disk, percent 0 to 100."""
    return {
        "percent": upload.percent,
        "message": "Storing" if upload.is_being_stored else "Uploading",
        "taskId": None,
        "operation": "upload",
        "status": "processing",
        "step": StepCode.STORING if upload.is_being_stored else "uploading",
        "etaSeconds": upload.left_seconds,
        "speed": None,
        "fps": None,
        "indeterminate": upload.length is None,
        "doneSeconds": None,
        "doneBytes": upload.received,
        "stalled": False,
        "received": upload.received,
        "length": upload.length,
        "bytesPerSecond": upload.bytes_per_second,
        "seq": upload.seq,
    }


def video_detail(video: Video) -> dict[str, Any]:
    """A video with its tracks, keyframes (seconds), tasks and outputs."""
    media = video.media
    tasks = Task.objects.filter(video=video).for_lists()
    return {
        **video_state(video),
        "container": media.container if media else None,
        "rotation": media.rotation if media else None,
        "streams": (video.probe or {}).get("streams", []),
        "sha256": video.sha256 or None,
        "sameFile": [_named(other) for other in Video.objects.same_file_as(video)],
        "keyframes": [time_us / 1_000_000 for time_us, _ in media.keyframes] if media else [],
        **_made(video),
        "tasks": task_states(list(tasks)),
        "outputs": [output_state(output) for task in tasks for output in present_outputs(task)],
    }


def _named(video: Video) -> dict[str, Any]:
    return {"id": str(video.pk), "name": video.name, "url": reverse("video", args=[video.pk])}


def _made(video: Video) -> dict[str, Any]:
    urls = made_urls(video)
    return {
        "posterUrl": urls.get(ArtifactKind.POSTER),
        "storyboardUrl": urls.get(ArtifactKind.STORYBOARD),
        "spriteUrl": urls.get(ArtifactKind.SPRITE),
        "peaksUrl": urls.get(ArtifactKind.PEAKS),
    }

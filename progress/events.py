"""From a row of a task, upload or video to the messages of the live protocol (docs/protocol.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from videos import operations, wire
from videos.models import Task, Upload, Video
from videos.models.task import TaskStatus
from videos.plan import Role


@dataclass(frozen=True, slots=True)
class Event:
    """One message to the browser. `seq` rises within its subject; progress may be skipped."""

    subject: str
    seq: int
    text: str
    skippable: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What one committed change says, and to which groups."""

    groups: tuple[str, ...]
    events: tuple[Event, ...]


def video_group(video_id: object) -> str:
    """Everybody who watches one video."""
    return f"video.{video_id}"


def user_group(user_id: object) -> str:
    """Everybody who watches all of one person's videos."""
    return f"user.{user_id}"


def task_subject(task: Task) -> str:
    """What a task's events are about."""
    return str(task.pk)


def upload_subject(upload: Upload) -> str:
    """What an upload's events are about."""
    return f"upload.{upload.pk}"


def video_subject(video: Video) -> str:
    """What a video's own events are about."""
    return f"video.{video.pk}"


def change_of(task: Task) -> Change:
    """The messages that bring a page up to this row, whatever it missed before."""
    groups = (video_group(task.video_id), user_group(task.owner_id))
    return Change(groups, tuple(_events(task)))


def change_of_upload(upload: Upload) -> Change:
    """How far it is; the last message says 100 %."""
    video = upload.video
    text = message("progress", str(video.pk), wire.upload_state(upload))
    event = Event(upload_subject(upload), upload.seq, text, skippable=upload.is_under_way)
    return Change((video_group(video.pk), user_group(video.owner_id)), (event,))


def change_of_video(video: Video) -> Change:
    """The video as it is now."""
    text = message("video", str(video.pk), wire.video_event(video))
    event = Event(video_subject(video), video.seq, text)
    return Change((video_group(video.pk), user_group(video.owner_id)), (event,))


def message(kind: str, video_id: str | None, data: dict[str, Any]) -> str:
    """The text of one message."""
    return json.dumps(
        {"type": kind, "videoId": video_id, "data": data}, ensure_ascii=False, allow_nan=False
    )


def _events(task: Task) -> list[Event]:
    if task.housekeeping:
        return _housekeeping(task)
    if task.end_seq is not None and task.seq > task.end_seq:
        return [_event(task, "task", task.seq, wire.task_state(task))]
    if task.status == TaskStatus.PROCESSING:
        return [_event(task, "progress", task.seq, _progress(task), skippable=True)]
    if task.status == TaskStatus.COMPLETE:
        return [
            _event(task, "progress", task.seq - 1, _progress(task)),
            _event(task, "complete", task.seq, _complete(task)),
        ]
    if task.status == TaskStatus.ERROR:
        return [_event(task, "error", task.seq, _error(task))]
    return [_event(task, "task", task.seq, wire.task_state(task))]


def _housekeeping(task: Task) -> list[Event]:
    """Only its state, and an error where the file turned out to be no video."""
    operation = operations.registry().get(task.operation)
    if task.status == TaskStatus.ERROR and operation and operation.role is Role.PROBE:
        return [
            _event(task, "task", task.seq - 1, wire.task_state(task)),
            _event(task, "error", task.seq, _error(task)),
        ]
    running = task.status == TaskStatus.PROCESSING
    return [_event(task, "task", task.seq, wire.task_state(task), skippable=running)]


def _event(
    task: Task, kind: str, seq: int, data: dict[str, Any], *, skippable: bool = False
) -> Event:
    body = {**data, "taskId": str(task.pk), "seq": seq}
    return Event(task_subject(task), seq, message(kind, str(task.video_id), body), skippable)


def _progress(task: Task) -> dict[str, Any]:
    return {
        "percent": task.percent,
        "message": wire.english_message(task),
        "operation": task.operation,
        "status": "processing",
        "step": str(task.step),
        "etaSeconds": task.eta_seconds,
        "speed": task.speed,
        "fps": task.fps,
        "indeterminate": task.indeterminate,
        **wire.done_state(task),
        **wire.pause_state(task, wire.paused_queues([task])),
    }


def _complete(task: Task) -> dict[str, Any]:
    return {
        **wire.result_state(task),
        "operation": task.operation,
        "finishedAt": wire.finished_at(task),
    }


def _error(task: Task) -> dict[str, Any]:
    error = wire.english_error(task.error_code, task.error_blanks)
    return {**error, "finishedAt": wire.finished_at(task)}

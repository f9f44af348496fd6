"""From a row of a task, upload or video to the messages of the live protocol (docs/protocol.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from progress.messages import CompleteFields, FailureFields, ProgressFields
from videos.core.enums import Role
from videos.models import Task, Upload, Video
from videos.models.task import TaskStatus
from videos.operations import registry as operations
from videos.serializers.error import english_error
from videos.serializers.output import result_state
from videos.serializers.task import (
    done_state,
    english_message,
    finished_at,
    pause_state,
    paused_queues,
    task_state,
)
from videos.serializers.upload import upload_state
from videos.serializers.video import video_event

# Members of this group recheck whether their sockets may stay open.
ACCESS = "access"


class Keep(StrEnum):
    """What becomes of a message that a slow socket has not taken yet."""

    PROGRESS = "progress"  # anything newer of its subject takes its place
    STATE = "state"  # the next state or end of its subject takes its place
    END = "end"  # it is sent whatever follows


@dataclass(frozen=True, slots=True)
class Event:
    """One message to the browser. `seq` rises within its subject."""

    subject: str
    seq: int
    text: str
    keep: Keep = Keep.END


@dataclass(frozen=True, slots=True)
class Change:
    """What one committed change says, to which groups, and to whom alone."""

    groups: tuple[str, ...]
    events: tuple[Event, ...]
    viewer: str
    """The key of the person who may see it now, however a group was joined."""


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
    return Change(groups, tuple(_events(task)), str(task.owner_id))


def change_of_upload(upload: Upload) -> Change:
    """How far it is; the last message says 100 %."""
    video = upload.video
    text = message("progress", str(video.pk), upload_state(upload))
    keep = Keep.PROGRESS if upload.is_under_way else Keep.END
    return _of(video, Event(upload_subject(upload), upload.seq, text, keep))


def change_of_video(video: Video) -> Change:
    """The video as it is now."""
    text = message("video", str(video.pk), video_event(video))
    return _of(video, Event(video_subject(video), video.seq, text, Keep.STATE))


def change_of_access(user_id: object) -> Change:
    """Somebody signed out, lost a token or changed: their sockets are rechecked."""
    return Change((ACCESS,), (), str(user_id))


def _of(video: Video, event: Event) -> Change:
    groups = (video_group(video.pk), user_group(video.owner_id))
    return Change(groups, (event,), str(video.owner_id))


def message(kind: str, video_id: str | None, data: Mapping[str, object]) -> str:
    """The text of one message."""
    return json.dumps(
        {"type": kind, "videoId": video_id, "data": data}, ensure_ascii=False, allow_nan=False
    )


def degraded_message(degraded: bool) -> str:
    """Whether news comes late for now, said to every socket of a process."""
    return message("degraded", None, {"degraded": degraded})


def _events(task: Task) -> list[Event]:
    if task.housekeeping:
        return _housekeeping(task)
    if task.end_seq is not None and task.seq > task.end_seq:
        return [_event(task, "task", task.seq, task_state(task), Keep.STATE)]
    if task.status == TaskStatus.PROCESSING:
        return [_event(task, "progress", task.seq, _progress(task), Keep.PROGRESS)]
    if task.status == TaskStatus.COMPLETE:
        return [
            _event(task, "progress", task.seq - 1, _progress(task)),
            _event(task, "complete", task.seq, _complete(task)),
        ]
    if task.status == TaskStatus.ERROR:
        return [_event(task, "error", task.seq, _error(task))]
    keep = Keep.END if task.is_terminal else Keep.STATE
    return [_event(task, "task", task.seq, task_state(task), keep)]


def _housekeeping(task: Task) -> list[Event]:
    """Only its state, and an error where the file turned out to be no video."""
    operation = operations.by_slug().get(task.operation)
    if task.status == TaskStatus.ERROR and operation and operation.role is Role.PROBE:
        return [
            _event(task, "task", task.seq - 1, task_state(task)),
            _event(task, "error", task.seq, _error(task)),
        ]
    running = task.status == TaskStatus.PROCESSING
    keep = Keep.PROGRESS if running else Keep.END if task.is_terminal else Keep.STATE
    return [_event(task, "task", task.seq, task_state(task), keep)]


def _event(
    task: Task, kind: str, seq: int, data: Mapping[str, object], keep: Keep = Keep.END
) -> Event:
    body = {**data, "taskId": str(task.pk), "seq": seq}
    return Event(task_subject(task), seq, message(kind, str(task.video_id), body), keep)


def _progress(task: Task) -> ProgressFields:
    return {
        "percent": task.percent,
        "message": english_message(task),
        "operation": task.operation,
        "status": "processing",
        "step": str(task.step),
        "etaSeconds": task.eta_seconds,
        "speed": task.speed,
        "fps": task.fps,
        "indeterminate": task.indeterminate,
        **done_state(task),
        **pause_state(task, paused_queues([task])),
    }


def _complete(task: Task) -> CompleteFields:
    return {
        **result_state(task),
        "operation": task.operation,
        "finishedAt": finished_at(task),
    }


def _error(task: Task) -> FailureFields:
    error = english_error(task.error_code, task.error_blanks)
    return {**error, "finishedAt": finished_at(task)}

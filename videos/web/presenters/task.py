"""Tasks as the templates show them: in the reader's language, all that they need worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from videos.models import Task
from videos.models.task import TaskStatus
from videos.operations.outputs import Preview
from videos.serializers.task import TaskState, localised_states
from videos.services.tasks import control


@dataclass(frozen=True, slots=True)
class Bar:
    """What a progress bar says.

    `percent` is a whole number 0 to 100, or empty where none is known; `moves` while there is a
    bar to see, not only its message.
    """

    message: str
    percent: str
    moves: bool


def task_rows(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Tasks as the cards show them; `tasks` come with video and outputs."""
    states = localised_states(tasks)
    return [_row(task, state) for task, state in zip(tasks, states, strict=True)]


def _row(task: Task, state: TaskState) -> dict[str, Any]:
    return {
        **state,
        "pictures": [each for each in state["outputs"] if each["preview"] == Preview.IMAGE],
        "created": task.created_at,
        "video_name": task.video.name,
        "video_url": reverse("video", args=[task.video_id]),
        "status_word": task.get_status_display().upper(),
        "bar": _bar(state),
        "verbs": control.available_actions(task),
    }


def _bar(state: TaskState) -> Bar:
    status, is_paused = state["status"], state["paused"] or state["queuePaused"]
    moves = status == TaskStatus.PROCESSING
    percent = "" if not moves or state["indeterminate"] else str(int(state["progress"]))
    if is_paused:
        message = _("Paused") if state["paused"] else _("Paused with the whole queue")
        return Bar(message, percent, moves=bool(percent))
    if moves:
        return Bar(state["message"] or _("Processing..."), percent, moves)
    if status == TaskStatus.PENDING:
        return Bar(_("Waiting for its turn..."), "", moves=False)
    if status == TaskStatus.COMPLETE:
        return Bar(_("Complete!"), "100", moves=False)
    return Bar("", "", moves=False)

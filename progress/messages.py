"""The messages of the live protocol: what each kind holds, from the server and from a client.

docs/protocol.md's tables and the scripts' types are made from these (`make types`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from typing_extensions import TypedDict

from videos.core.json_types import Args, ErrorState, Id, Time, choice, described
from videos.serializers.output import ResultState
from videos.serializers.task import DoneState, PauseState, PlaceState, TaskState
from videos.serializers.upload import UploadState
from videos.serializers.video import VideoEvent


@described
class Subscribe(TypedDict):
    """A client's message."""

    type: Literal["subscribe", "unsubscribe"]
    videoId: str
    """A video's id, or `*` for all videos of the person."""


@described
class VideoSnapshot(TypedDict):
    """The answer to a subscription to one video."""

    video: VideoEvent
    tasks: list[TaskState]
    """Every open task, and the newest 100 of all."""
    upload: UploadState | None
    """Null where none is under way."""


@described
class PartialSnapshot(TypedDict):
    """What there is to say of one of all videos."""

    tasks: list[TaskState]
    upload: UploadState | None
    video: NotRequired[VideoEvent]
    """Missing where neither an upload is under way nor the video changed lately."""


@described
class AllSnapshot(TypedDict):
    """The answer to a subscription to all videos."""

    videos: dict[str, PartialSnapshot]
    """By id: those that have tasks or an upload, and those that changed within a minute."""


@described
class Subject(TypedDict):
    """Which task a message is about."""

    taskId: Id
    seq: int
    """Rises within the task."""


@described
class ProgressFields(DoneState, PauseState):
    """How far a task is."""

    percent: float
    """0 to 100."""
    message: str
    """For people, in English."""
    operation: str
    status: Annotated[str, choice(["processing"])]
    step: str
    """As in a task state."""
    etaSeconds: float | None
    """Seconds left, null while that would be a guess."""
    speed: float | None
    """As ffmpeg says it: 1 is real time."""
    fps: float | None
    """As ffmpeg says it."""
    indeterminate: bool
    """True where the progress cannot be measured."""


@described
class Progress(ProgressFields, Subject):
    """A task is being worked on."""


@described
class CompleteFields(ResultState):
    """What a complete task made."""

    operation: str
    finishedAt: Time | None


@described
class Complete(CompleteFields, Subject):
    """The outputs are published."""


@described
class FailureFields(ErrorState):
    """Why a task ended."""

    finishedAt: Time | None


@described
class Failure(TypedDict):
    """A task's end where there is a `taskId`; else a message of the client was refused."""

    error: str
    remedy: str
    code: str
    args: Args
    finishedAt: NotRequired[Time | None]
    taskId: NotRequired[Id]
    seq: NotRequired[int]


@described
class TaskMessage(TaskState):
    """A task's state: when it waits, was cancelled, goes back to pending, or lost outputs."""

    taskId: Id
    """The same as `id`."""


@described
class Queue(TypedDict):
    """Where the waiting tasks of a video stand by now."""

    places: dict[str, PlaceState]
    """By the task's id."""


@described
class Degraded(TypedDict):
    """Whether news comes late for now."""

    degraded: bool


SERVER_MESSAGES: Mapping[str, tuple[Any, ...]] = {
    "subscribed": (VideoSnapshot, AllSnapshot),
    "progress": (Progress, UploadState),
    "complete": (Complete,),
    "error": (Failure,),
    "task": (TaskMessage,),
    "queue": (Queue,),
    "video": (VideoEvent,),
    "degraded": (Degraded,),
}
"""What the `data` of each type may be."""

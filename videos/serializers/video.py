"""Videos as JSON."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated, Literal, cast

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from typing_extensions import TypedDict

from videos.core.json_types import ErrorState, Id, Time, Url, choice, described
from videos.media.probe.model import Caution, Kind, StreamInfo
from videos.models import Task, Video
from videos.operations.outputs import PEAKS, POSTER, SPRITE, STORYBOARD
from videos.serializers.error import english_error
from videos.serializers.output import (
    OutputState,
    derived_urls,
    output_state,
    present_outputs,
    source_url,
)
from videos.serializers.task import TaskState, task_states


@described
class VideoFields(TypedDict):
    """What is said of a video everywhere."""

    id: Id
    name: str
    url: Url
    """Its page."""
    bytes: int
    duration: float | None
    """Seconds, null until it was read."""
    width: int | None
    """As shown: after rotation. Null until it was read."""
    height: int | None
    warnings: list[Annotated[str, choice(Caution)]]
    """What is odd about a file that can be used all the same."""
    error: ErrorState | None
    """Why it is broken."""
    sourceUrl: Url | None
    """The file as it arrived."""
    createdAt: Time


@described
class VideoState(VideoFields):
    """A video without its tasks."""

    state: Annotated[str, choice(Video.State)]
    """`arriving`: not read yet; `broken`: `error` says why."""


@described
class VideoEvent(VideoFields):
    """A video that has changed."""

    state: Annotated[str, choice([*Video.State.values, "deleted"])]
    deleted: bool
    undoSeconds: float | None
    """How long a deletion can still be undone."""
    seq: int
    """Rises within the video's own events."""


@described
class StreamState(TypedDict):
    """A track of a video, as it was read; 0 where a number has no meaning for its kind."""

    index: int
    kind: Annotated[str, choice(Kind)]
    codec: str
    """ffmpeg's name of it, such as `h264`."""
    profile: str
    width: int
    """As coded: before rotation and pixel shape."""
    height: int
    pix_fmt: str
    fps_num: int
    """Average frame rate as a fraction."""
    fps_den: int
    sample_rate: int
    channels: int
    language: str | None
    title: str | None
    default: bool
    frames: int
    """Those that are shown."""
    duration_us: int
    """Microseconds from its first shown packet to the end of its last."""
    bit_rate: int | None
    """Bits per second."""


@described
class NamedVideo(TypedDict):
    """A video to point at."""

    id: Id
    name: str
    url: Url
    """Its page."""


@described
class OwnFiles(TypedDict):
    """The files made of every video, null until they are."""

    posterUrl: Url | None
    storyboardUrl: Url | None
    """WebVTT: each cue is a time and the part of the sprite that stands for it."""
    spriteUrl: Url | None
    """The picture that the storyboard means, whatever name it gives."""
    peaksUrl: Url | None
    """The waveform in the
    [audiowaveform format](https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md)."""


@described
class VideoDetail(VideoState, OwnFiles):
    """A video with everything about it."""

    container: str | None
    """The short name of its file format."""
    rotation: int | None
    """Degrees to turn clockwise for showing."""
    streams: list[StreamState]
    sha256: str | None
    """Of the source as it arrived, in hex; null until it was read, and where it is no video."""
    sameFile: list[NamedVideo]
    """Other videos of the person with the very same bytes, oldest first."""
    keyframes: list[float]
    """Seconds from the start."""
    tasks: list[TaskState]
    outputs: list[OutputState]


@described
class Deleted(TypedDict):
    """What was deleted can be restored for a moment."""

    deleted: Literal[True]
    undoSeconds: float
    """For how long."""


def video_state(video: Video) -> VideoState:
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


def video_event(video: Video) -> VideoEvent:
    """The event of a changed video; `undoSeconds` while it can be restored."""
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
    return round(max(0.0, settings.VREWCRAFT_UNDO_SECONDS - age), 1)


def deleted_state(deleted_at: datetime | None) -> Deleted:
    """The answer to a deletion."""
    return {"deleted": True, "undoSeconds": undo_seconds(deleted_at) if deleted_at else 0.0}


def video_detail(video: Video) -> VideoDetail:
    """A video with its tracks, keyframes (seconds), tasks and outputs."""
    media = video.media
    tasks = Task.objects.filter(video=video).for_lists()
    return {
        **video_state(video),
        "container": media.container if media else None,
        "rotation": media.rotation if media else None,
        "streams": [_stream(stream) for stream in media.streams] if media else [],
        "sha256": video.sha256 or None,
        "sameFile": [_named(other) for other in Video.objects.same_file_as(video)],
        "keyframes": [time_us / 1_000_000 for time_us, _ in media.keyframes] if media else [],
        **_own_files(video),
        "tasks": task_states(list(tasks)),
        "outputs": [output_state(output) for task in tasks for output in present_outputs(task)],
    }


def _stream(stream: StreamInfo) -> StreamState:
    return cast("StreamState", dataclasses.asdict(stream))  # a test holds their fields together


def _named(video: Video) -> NamedVideo:
    return {"id": str(video.pk), "name": video.name, "url": reverse("video", args=[video.pk])}


def _own_files(video: Video) -> OwnFiles:
    urls = derived_urls(video)
    return {
        "posterUrl": urls.get(POSTER.slug),
        "storyboardUrl": urls.get(STORYBOARD.slug),
        "spriteUrl": urls.get(SPRITE.slug),
        "peaksUrl": urls.get(PEAKS.slug),
    }

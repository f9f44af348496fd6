"""What the templates show: rows turned into plain values, in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from videos.core import messages
from videos.core.errors import Refusal
from videos.media.probe.model import Kind, Probe, StreamInfo
from videos.models import Output, SubtitleFile, Task, Video
from videos.models.lookup import one
from videos.models.video import Viewer
from videos.operations import registry as operations
from videos.operations.base import Operation
from videos.operations.forms import OperationForm
from videos.operations.outputs import ArtifactKind
from videos.serializers.output import made_urls, source_url
from videos.serializers.video import undo_seconds
from videos.task_pages import task_rows

NOTICES = {
    "truncated": lambda: _("The end of this file is missing. What is there can be edited."),
    "no_initial_keyframe": lambda: _(
        "The first pictures of this file cannot be shown: it was cut out of something longer."
    ),
}
# The probe's short names as people write them.
CODECS = {"h264": "H.264", "hevc": "H.265", "av1": "AV1", "vp9": "VP9", "vp8": "VP8", "aac": "AAC"}
CONTAINERS = {"mp4": "MP4", "mov": "MOV", "webm": "WebM", "matroska": "MKV", "mpegts": "MPEG-TS"}


@dataclass(frozen=True, slots=True)
class VideoCard:
    """A video in the library's grid."""

    id: str
    name: str
    url: str
    poster_url: str | None
    duration_text: str
    width: int | None
    height: int | None
    state: str
    active: dict[str, Any] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VideoDetail:
    """A video on its own page."""

    id: str
    name: str
    state: str
    error: dict[str, str] | None
    warnings: list[str]
    source_url: str
    source_type: str
    poster_url: str | None
    storyboard_url: str | None
    sprite_url: str | None
    peaks_url: str | None
    duration: float
    duration_text: str
    width: int | None
    height: int | None
    fps_text: str
    video_codec: str
    audio_codec: str
    bytes: int
    container: str
    keyframes_json_url: str


def cards(videos: Collection[Video]) -> list[VideoCard]:
    """The library's grid. `videos` come with their tasks and outputs prefetched."""
    active = [task for video in videos for task in _active(video)]
    rows = {row["videoId"]: row for row in task_rows(active)}
    return [_card(video, rows.get(str(video.pk))) for video in videos]


def _active(video: Video) -> list[Task]:
    """The task whose progress its card shows, if there is one."""
    tasks = [task for task in video.tasks.all() if not task.is_terminal]
    return sorted(tasks, key=lambda task: task.housekeeping)[:1]


def _card(video: Video, active: dict[str, Any] | None) -> VideoCard:
    return VideoCard(
        id=str(video.pk),
        name=video.name,
        url=reverse("video", args=[video.pk]),
        poster_url=_poster_url(video.outputs.all()),
        duration_text=video.duration_text,
        width=video.width,
        height=video.height,
        state=video.state,
        active=active,
        created_at=video.created_at,
    )


def detail(video: Video) -> VideoDetail:
    """The page of one video."""
    media = video.media or Probe(bytes=video.bytes)
    picture, sound = media.video, next(iter(media.of_kind(Kind.AUDIO)), None)
    broken = video.state == Video.State.BROKEN
    made = made_urls(video)
    return VideoDetail(
        id=str(video.pk),
        name=video.name,
        state=video.state,
        error=_error(video) if broken else None,
        warnings=[NOTICES[code]() for code in video.warnings if code in NOTICES],
        source_url=source_url(video) if video.source_key else "",
        source_type=video.media_type,
        poster_url=made.get(ArtifactKind.POSTER),
        storyboard_url=made.get(ArtifactKind.STORYBOARD),
        sprite_url=made.get(ArtifactKind.SPRITE),
        peaks_url=made.get(ArtifactKind.PEAKS),
        duration=video.seconds,
        duration_text=video.duration_text,
        width=video.width,
        height=video.height,
        fps_text=_fps(picture),
        video_codec=CODECS.get(picture.codec, picture.codec) if picture else "",
        audio_codec=CODECS.get(sound.codec, sound.codec) if sound else "",
        bytes=video.bytes,
        container=CONTAINERS.get(media.container, media.container),
        keyframes_json_url=reverse("api:get_video", args=[video.pk]),
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """An operation's form on the page of a video."""

    slug: str
    label: str
    deed: str
    form: OperationForm
    template: str
    opened: bool


def edits(forms: Mapping[str, OperationForm], opened: Container[str] = ()) -> list[Edit]:
    """The forms by slug as the page shows them, those with a template of their own first."""
    shown = [_edit(operations.get(slug), form, slug in opened) for slug, form in forms.items()]
    return sorted(shown, key=lambda edit: not edit.template)


def _edit(operation: Operation, form: OperationForm, opened: bool) -> Edit:
    form.auto_id = f"{operation.slug}-%s"
    label = str(operation.label)
    deed = str(operation.deed) or label
    return Edit(operation.slug, label, deed, form, operation.template, opened)


@dataclass(frozen=True, slots=True)
class Undo:
    """What was deleted a moment ago, and for how many seconds that can be undone."""

    kind: str
    id: str
    name: str
    seconds: float
    restore_url: str


def undo_video(user: Viewer, video_id: str) -> Undo | None:
    """The offer to undo a video's deletion, while it stands."""
    return _undo("video", Video.objects.owned_by(user).for_lists(), video_id)


def undo_output(user: Viewer, output_id: str) -> Undo | None:
    """The offer to undo a result's deletion, while it stands."""
    return _undo("output", Output.objects.owned_by(user), output_id)


def undo_subtitle(user: Viewer, file_id: str) -> Undo | None:
    """The offer to undo a subtitle file's deletion, while it stands."""
    return _undo("subtitle", SubtitleFile.objects.owned_by(user), file_id)


def _undo(kind: str, rows: QuerySet[Any], key: str) -> Undo | None:
    try:
        row = one(rows.filter(deleted_at__isnull=False), key) if key else None
    except Refusal:
        return None
    if row is None:
        return None
    url = reverse(f"restore_{kind}", args=[row.pk])
    return Undo(kind, str(row.pk), row.name, undo_seconds(row.deleted_at), url)


def _error(video: Video) -> dict[str, str]:
    return {
        "sentence": messages.happened(video.error_code, video.error_blanks),
        "remedy": messages.remedy(video.error_code, video.error_blanks),
    }


def _poster_url(outputs: Iterable[Output]) -> str | None:
    posters = (each for each in outputs if each.kind == ArtifactKind.POSTER)
    return next((each.url for each in posters if each.deleted_at is None), None)


def _fps(picture: StreamInfo | None) -> str:
    if picture is None or not picture.fps_num:
        return ""
    return f"{picture.fps_num / picture.fps_den:.3f}".rstrip("0").rstrip(".")

"""The page of a video: its rows turned into plain values, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from videos.core import messages
from videos.media.probe.model import Kind, Probe, StreamInfo
from videos.models import Video
from videos.operations.outputs import PEAKS, POSTER, SPRITE, STORYBOARD
from videos.serializers.output import derived_urls, source_url

NOTICES = {
    "truncated": lambda: _("The end of this file is missing. The rest can be edited."),
    "no_initial_keyframe": lambda: _(
        "The first frames of this file cannot be shown: it was cut from a longer video."
    ),
}
# The probe's short names as people write them.
CODECS = {"h264": "H.264", "hevc": "H.265", "av1": "AV1", "vp9": "VP9", "vp8": "VP8", "aac": "AAC"}
CONTAINERS = {"mp4": "MP4", "mov": "MOV", "webm": "WebM", "matroska": "MKV", "mpegts": "MPEG-TS"}


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


def detail(video: Video) -> VideoDetail:
    """The page of one video."""
    media = video.media or Probe(bytes=video.bytes)
    picture, sound = media.video, next(iter(media.of_kind(Kind.AUDIO)), None)
    broken = video.state == Video.State.BROKEN
    derived = derived_urls(video)
    return VideoDetail(
        id=str(video.pk),
        name=video.name,
        state=video.state,
        error=_error(video) if broken else None,
        warnings=[NOTICES[code]() for code in video.warnings if code in NOTICES],
        source_url=source_url(video) if video.source_key else "",
        source_type=video.media_type,
        poster_url=derived.get(POSTER.slug),
        storyboard_url=derived.get(STORYBOARD.slug),
        sprite_url=derived.get(SPRITE.slug),
        peaks_url=derived.get(PEAKS.slug),
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


def _error(video: Video) -> dict[str, str]:
    return {
        "sentence": messages.message(video.error_code, video.error_blanks),
        "remedy": messages.remedy(video.error_code, video.error_blanks),
    }


def _fps(picture: StreamInfo | None) -> str:
    if picture is None or not picture.fps_num:
        return ""
    return f"{picture.fps_num / picture.fps_den:.3f}".rstrip("0").rstrip(".")

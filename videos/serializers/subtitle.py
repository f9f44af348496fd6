"""Subtitle files as JSON."""

from __future__ import annotations

from typing import Annotated

from django.urls import reverse
from typing_extensions import TypedDict

from videos.core.json_types import Id, Url, choice, described
from videos.models import SubtitleFile


@described
class CueState(TypedDict):
    """A cue; its times are in seconds."""

    start: float
    end: float
    text: str


@described
class SubtitleState(TypedDict):
    """A subtitle file of a video."""

    subtitlesId: Id
    videoId: Id
    name: str
    format: Annotated[str, choice(SubtitleFile.Format)]
    """What its content turned out to be."""
    encoding: str
    """The Python codec that reads it."""
    encodingChosen: bool
    """Whether a person chose that; else it was found out."""
    language: str
    """Three letters of ISO 639-2/T, `und` where unknown."""
    cues: int
    missing: list[str]
    """Characters that the font has no sign for: left out when the subtitles are burned in."""
    preview: list[CueState]
    """The first cues."""
    trackUrl: Url
    """The file as WebVTT."""


def subtitle_state(file: SubtitleFile) -> SubtitleState:
    """A subtitle file as it is sent."""
    return {
        "subtitlesId": str(file.pk),
        "videoId": str(file.video_id),
        "name": file.name,
        "format": file.format,
        "encoding": file.encoding,
        "encodingChosen": file.encoding_chosen,
        "language": file.language,
        "cues": file.cues,
        "missing": list(file.missing),
        "preview": file.preview,
        "trackUrl": reverse("subtitle_track", args=[file.pk]),
    }

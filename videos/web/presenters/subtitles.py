"""What the page of a video shows of its subtitle files, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from videos.core import languages
from videos.core.formatting import timecode
from videos.media.subtitles.decoding import ENCODINGS
from videos.media.subtitles.reading import EXTENSIONS, FORMATS
from videos.models import SubtitleFile, Video


@dataclass(frozen=True, slots=True)
class ShownCue:
    """When it is shown, and its text."""

    time: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A subtitle file in the list."""

    id: str
    name: str
    format: str
    cues: int
    encoding: str
    encoding_chosen: bool
    language: str
    srclang: str
    missing: str
    preview: list[ShownCue]
    track_url: str


@dataclass(frozen=True, slots=True)
class Subtitles:
    """The files, and what can be chosen for each."""

    files: list[ShownFile]
    encodings: list[tuple[str, str]]
    languages: list[tuple[str, str]]
    extensions: str


def of(video: Video) -> Subtitles:
    """The card of one video."""
    present = video.subtitles.filter(deleted_at__isnull=True)
    return Subtitles(
        files=[_shown(file) for file in present],
        encodings=list(ENCODINGS),
        languages=list(languages.names().items()),
        extensions=",".join(EXTENSIONS),
    )


def _shown(file: SubtitleFile) -> ShownFile:
    return ShownFile(
        id=str(file.pk),
        name=file.name,
        format=FORMATS[file.format],
        cues=file.cues,
        encoding=file.encoding,
        encoding_chosen=file.encoding_chosen,
        language=file.language,
        srclang=languages.web_code(file.language),
        missing=" ".join(file.missing),
        preview=[ShownCue(timecode(cue["start"]), cue["text"]) for cue in file.preview],
        track_url=reverse("subtitle_track", args=[file.pk]),
    )

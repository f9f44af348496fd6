"""What the children of an export are told: written as JSON by the plan, read by them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from videos.media.cutting.planner import Cue
from videos.media.cutting.result_plan import EXACT, Required
from videos.media.cutting.timeline import Segment


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """A subtitle file that becomes a track: where it lies, its codec, and its language."""

    path: str
    encoding: str
    language: str


@dataclass(frozen=True, slots=True)
class Spec:
    """An export of one source. Our own files are named as they are in the work folder."""

    source: str
    sha256: str
    index: str
    """The file of the source's index; nothing where the source is to be read for it."""
    segments: tuple[tuple[int, int], ...]
    """[start, end) in microseconds; none: all of it."""
    mode: str = EXACT
    sounds: tuple[int, ...] | None = None
    attached: tuple[CaptionFile, ...] = ()
    keeps_captions: bool = True
    """Whether caption tracks of the source come along."""
    cues: tuple[tuple[int, int], ...] = ()
    """When captions are drawn, microseconds of the source."""
    drawn: str = ""
    """The ASS file that is drawn; nothing where none is."""
    fonts: str = ""
    clockwise: int = 0
    chapters: tuple[tuple[float, str], ...] | None = None
    """Seconds of the result and title; None: those of the source."""
    metadata: str = "keep"
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Language and title of tracks, by their place in the file."""

    def to_json(self) -> str:
        """For the file that the children read."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, path: Path) -> Self:
        """From that file."""
        data: dict[str, Any] = json.loads(path.read_bytes())
        data["segments"] = tuple((start, end) for start, end in data["segments"])
        data["sounds"] = None if data["sounds"] is None else tuple(data["sounds"])
        data["attached"] = tuple(CaptionFile(**each) for each in data["attached"])
        data["cues"] = tuple((start, end) for start, end in data["cues"])
        if data["chapters"] is not None:
            data["chapters"] = tuple((at, title) for at, title in data["chapters"])
        return cls(**data)

    def required(self, end_us: int) -> Required:
        """What is asked of a source that ends at `end_us`."""
        segments = self.segments or ((0, end_us),)
        return Required(
            segments=tuple(Segment(start, end) for start, end in segments),
            mode=self.mode,
            sounds=self.sounds,
            cues=tuple(Cue(start, end) for start, end in self.cues),
            is_drawn=bool(self.drawn),
        )

"""What a probe finds in a file. Values only: PyAV is not needed to read them."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from videos.media.ffmpeg.errors import BadMedia, error_from_json


class Kind(enum.StrEnum):
    """What a stream holds."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"
    DATA = "data"
    ATTACHMENT = "attachment"
    PICTURE = "picture"
    """A cover picture: a video stream of one frame that is no film."""


class Caution(enum.StrEnum):
    """What is odd about a file that can be used all the same."""

    TRUNCATED = "truncated"
    """The end is missing; the rest plays."""
    NO_INITIAL_KEYFRAME = "no_initial_keyframe"
    """The first pictures cannot be decoded: it was cut out of something longer."""
    VFR = "vfr"
    """The time between pictures varies."""


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream; numbers are 0 where they have no meaning for its kind."""

    index: int
    kind: Kind
    codec: str = ""
    """ffmpeg's name of it, such as "h264"."""
    profile: str = ""
    width: int = 0
    """As coded: before rotation and pixel shape."""
    height: int = 0
    pix_fmt: str = ""
    fps_num: int = 0
    """Average frame rate as a fraction."""
    fps_den: int = 1
    sample_rate: int = 0
    channels: int = 0
    language: str | None = None
    title: str | None = None
    default: bool = False
    frames: int = 0
    """Packets that are shown; hidden pre-roll is not counted."""
    duration_us: int = 0
    """From its first shown packet to the end of its last."""
    bit_rate: int | None = None
    """Bits per second, from the packets."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A whole file after a scan of all its packets."""

    bytes: int
    container: str = ""
    """Short name: mp4, mov, webm, matroska, mpegts, avi, ..."""
    duration_us: int = 0
    """True duration: the latest end of a video or audio packet, counted from the start."""
    declared_duration_us: int | None = None
    """What the file says of itself, which may be wrong."""
    start_us: int = 0
    """Timestamp of the start; every other time counts from it, and so does ffmpeg's -ss."""
    width: int = 0
    """As shown: after rotation and pixel shape."""
    height: int = 0
    rotation: int = 0
    """Degrees to turn clockwise for showing: 0, 90, 180, 270."""
    streams: tuple[StreamInfo, ...] = ()
    keyframes: tuple[tuple[int, int], ...] = ()
    """(microseconds from the start, byte position or -1) of the first video stream, in order.
    Below 0: hidden pre-roll of a cut without re-encoding."""
    warnings: tuple[str, ...] = ()
    sha256: str = ""
    """Of all its bytes, in hex; nothing where they were not asked for."""

    def of_kind(self, kind: Kind) -> tuple[StreamInfo, ...]:
        """The streams of one kind, in file order."""
        return tuple(stream for stream in self.streams if stream.kind == kind)

    @property
    def video(self) -> StreamInfo | None:
        """The first video stream."""
        return next(iter(self.of_kind(Kind.VIDEO)), None)

    def to_json(self) -> dict[str, Any]:
        """For a result file or a database row."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Back from `to_json`, also of another version: unknown keys are left out."""
        values = _known(cls, data)
        streams = (_known(StreamInfo, item) for item in data.get("streams", ()))
        values["streams"] = tuple(
            StreamInfo(**{**item, "kind": Kind(item["kind"])}) for item in streams
        )
        values["keyframes"] = tuple(
            (time_us, position) for time_us, position in data.get("keyframes", ())
        )
        values["warnings"] = tuple(data.get("warnings", ()))
        return cls(**values)


def read_result(path: Path, name: str = "") -> Probe:
    """The result file of a probe or a verification; raises the MediaError that it holds.

    `name` picks one file's part of a result about several.
    """
    try:
        data = json.loads(path.read_bytes())
        refused = error_from_json(data)
        if refused is None and name:
            data = data[name]
    except (OSError, ValueError, KeyError) as error:
        raise BadMedia({"detail": "the probe wrote no result"}) from error
    if refused is not None:
        raise refused
    return Probe.from_json(data)


def _known(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(cls)}
    return {key: value for key, value in data.items() if key in names}

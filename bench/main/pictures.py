"""What files show: their frames, decoded and made small and grey, to be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import av

# Two encodes of one picture differ by a few levels; another second of the clip by far more.
SAME_PICTURE_LEVELS = 6.0
SMALL_WIDTH, SMALL_HEIGHT = 64, 36
HALF_A_MILLISECOND = 0.0005


class Frame(NamedTuple):
    """A visible one: its time in seconds, and its luma of 64 x 36."""

    at: float
    luma: bytes
    is_keyframe: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """A source with all its frames, and the part of it that trims keep: [start, end) in seconds."""

    path: Path
    start: float
    end: float
    rate: Fraction
    frames: tuple[Frame, ...]

    @classmethod
    def of(cls, path: Path, *, start: float, end: float) -> Clip:
        """Decode a file."""
        with av.open(str(path)) as container:
            rate = container.streams.video[0].average_rate
        assert rate is not None
        return cls(path, start, end, rate, tuple(frames(path)))

    @property
    def seconds(self) -> float:
        """The length of its picture."""
        return len(self.frames) / float(self.rate)

    @property
    def keyframes(self) -> list[float]:
        """Their times."""
        return [each.at for each in self.frames if each.is_keyframe]

    @property
    def frames_in_part(self) -> int:
        """How many source frames lie in [start, end)."""
        edges = (self.start - HALF_A_MILLISECOND, self.end - HALF_A_MILLISECOND)
        return sum(edges[0] <= each.at < edges[1] for each in self.frames)

    @property
    def keyframe_before(self) -> float:
        """The keyframe at or before the start of the part."""
        return max(at for at in self.keyframes if at <= self.start + HALF_A_MILLISECOND)

    def shown_at(self, moment: float) -> bytes:
        """What is on the screen at that time."""
        *_, last = takewhile(lambda each: each.at <= moment + HALF_A_MILLISECOND, self.frames)
        return last.luma


def frames(path: Path, **options: str) -> Iterator[Frame]:
    """Every visible frame; pre-roll hidden by an edit list is left out by the decoder."""
    with av.open(str(path), options=options) as container:
        for frame in container.decode(video=0):
            yield Frame(frame.time or 0.0, _luma(frame), frame.key_frame)


def first_picture(path: Path) -> bytes:
    """What a player shows first."""
    return next(each.luma for each in frames(path) if each.at >= -2 * HALF_A_MILLISECOND)


def first_stored_picture(path: Path) -> bytes:
    """The very first one in the file, even where an edit list hides it from players."""
    return next(frames(path, ignore_editlist="1")).luma


def difference(one: bytes, other: bytes) -> float:
    """The mean difference of two small pictures, in levels of 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def _luma(frame: av.VideoFrame) -> bytes:
    plane = frame.reformat(width=SMALL_WIDTH, height=SMALL_HEIGHT, format="gray").planes[0]
    rows = bytes(plane)
    return b"".join(rows[row * plane.line_size :][:SMALL_WIDTH] for row in range(SMALL_HEIGHT))

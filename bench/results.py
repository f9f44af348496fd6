"""What a downloaded file really holds, found by decoding all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

# Two encodes of one picture differ by a few levels; another second of the clip by far more.
SAME_PICTURE_LEVELS = 6.0
SMALL_WIDTH, SMALL_HEIGHT = 64, 36


@dataclass(frozen=True, slots=True)
class Decoded:
    """Visible frames, and from the first to the end of the last one in seconds."""

    frames: int
    seconds: float


def decode(path: Path) -> Decoded:
    """Decode every visible frame; pre-roll hidden by an edit list is left out by the decoder."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [frame.time for frame in container.decode(stream)]
        rate = float(stream.average_rate or 0)
    return Decoded(len(times), max(times) - min(times) + 1 / rate)


def first_frame(path: Path, at: float = 0.0, *, hidden: bool = False) -> bytes:
    """The luma of the first frame from that time (seconds) on as a small grey picture.

    `hidden`: of the very first one in the file, even where an edit list hides it from players.
    """
    options = {"ignore_editlist": "1"} if hidden else {}
    with av.open(str(path), options=options) as container:
        for frame in container.decode(video=0):
            if hidden or frame.time >= at - 0.001:
                return _grey(frame)
    raise ValueError(f"{path.name} shows nothing at {at} s")


def shown_at(path: Path, times: Sequence[float]) -> list[bytes]:
    """What is on the screen at each of these rising times (seconds), as small grey pictures."""
    found: list[bytes] = []
    with av.open(str(path)) as container:
        last = b""
        for frame in container.decode(video=0):
            while len(found) < len(times) and frame.time > times[len(found)] + 0.0005:
                found.append(last)
            last = _grey(frame)
    return found + [last] * (len(times) - len(found))


def _grey(frame: av.VideoFrame) -> bytes:
    plane = frame.reformat(width=SMALL_WIDTH, height=SMALL_HEIGHT, format="gray").planes[0]
    rows = bytes(plane)
    return b"".join(rows[row * plane.line_size :][:SMALL_WIDTH] for row in range(SMALL_HEIGHT))


def difference(one: bytes, other: bytes) -> float:
    """The mean difference of two grey pictures, in levels of 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def same(one: bytes, other: bytes) -> bool:
    """Whether two small grey pictures show the same moment."""
    return difference(one, other) < SAME_PICTURE_LEVELS

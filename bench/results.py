"""What a downloaded file really holds, found by decoding all of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av


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
    """The luma of the frame at that time (seconds) as a small grey picture.

    `hidden`: of the very first one in the file, even where an edit list hides it from players.
    """
    options = {"ignore_editlist": "1"} if hidden else {}
    with av.open(str(path), options=options) as container:
        for frame in container.decode(video=0):
            if hidden or frame.time >= at - 0.001:
                return _grey(frame)
    raise ValueError(f"{path.name} shows nothing at {at} s")


def _grey(frame: av.VideoFrame) -> bytes:
    plane = frame.reformat(width=64, height=36, format="gray").planes[0]
    rows = bytes(plane)
    return b"".join(rows[row * plane.line_size :][:64] for row in range(36))


def difference(one: bytes, other: bytes) -> float:
    """The mean difference of two grey pictures, in levels of 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)

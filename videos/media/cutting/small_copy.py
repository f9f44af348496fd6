"""Small grey copies of pictures, to tell whether two are the same. Child processes only."""

from __future__ import annotations

from array import array
from operator import sub

from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

WIDTH, HEIGHT = 32, 18
BYTES = WIDTH * HEIGHT
MOST_UNLIKE = 12.0
"""Grey levels that a picture may be off in the mean: encoding costs one or two."""
# Smoothing costs a third of decoding and changes no small copy noticeably.
ROUGHLY = {"skip_loop_filter": "all"}


class Shrinker:
    """Makes small copies; one for each film, since setting it up costs more than a copy."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def shrink(self, frame: VideoFrame) -> bytes:
        """The small copy of a picture: the levels of its first plane, whatever its tags say."""
        own = frame.format
        small = self._reformatter.reformat(
            frame, WIDTH, HEIGHT, own.name, interpolation="FAST_BILINEAR"
        )
        plane, bits = small.planes[0], own.components[0].bits
        data, line = bytes(plane), plane.line_size
        if bits <= 8:
            return b"".join(data[row * line : row * line + WIDTH] for row in range(HEIGHT))
        rows = (data[row * line : row * line + 2 * WIDTH] for row in range(HEIGHT))
        return bytes(level >> (bits - 8) for row in rows for level in array("H", row))


def are_alike(one: bytes, other: bytes) -> bool:
    """Whether two small copies are of the same picture, encoded or not."""
    off: int = sum(map(abs, map(sub, one, other)))
    return off <= MOST_UNLIKE * BYTES

"""How long each track of an MP4 or MOV plays, read from its boxes and from nothing else."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple


class Box(NamedTuple):
    """A box's four letters and what it holds."""

    kind: bytes
    body: bytes


def played_until(path: Path) -> dict[int, Fraction]:
    """By track number: the presentation time at which the track ends.

    It is left out where the header does not say so, as in a fragmented file.
    """
    movie = _movie(path)
    children = list(boxes(movie))
    if not children or any(box.kind == b"mvex" for box in children):
        return {}
    clock = next((_times(box.body)[0] for box in children if box.kind == b"mvhd"), 0)
    ends = {}
    for box in children:
        if box.kind == b"trak":
            number, end = _track(box.body, clock)
            if end > 0:
                ends[number] = end
    return ends


def boxes(data: bytes) -> Iterator[Box]:
    """The boxes that follow each other in these bytes."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= len(data):
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        if size == 0:
            size = len(data) - at
        if size < head:
            return
        yield Box(kind, data[at + head : at + size])
        at += size


def _movie(path: Path) -> bytes:
    """What the `moov` box holds; the media is skipped, not read."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            read = 8
            if size == 1:
                size, read = struct.unpack(">Q", file.read(8))[0], 16
            if kind == b"moov":
                return file.read(size - read)
            if size < read:
                break
            file.seek(size - read, 1)
    return b""


def _times(body: bytes) -> tuple[int, int]:
    """Ticks per second and length of an `mvhd` or `mdhd` box."""
    form = ">QQIQ" if body[0] == 1 else ">IIII"
    _made, _changed, clock, length = struct.unpack_from(form, body, 4)
    return clock, length


def _track(body: bytes, movie_clock: int) -> tuple[int, Fraction]:
    """Number of a track, and where it ends; 0 where that is not said."""
    number, media_end, edits = 0, Fraction(), Fraction()
    for box in boxes(body):
        if box.kind == b"tkhd":
            number = struct.unpack_from(">I", box.body, 20 if box.body[0] == 1 else 12)[0]
        if box.kind == b"mdia":
            header = next(child.body for child in boxes(box.body) if child.kind == b"mdhd")
            clock, length = _times(header)
            media_end = Fraction(length, clock or 1)
        if box.kind == b"edts":
            edits = sum(map(_edits, boxes(box.body)), Fraction()) / (movie_clock or 1)
    return number, edits or media_end


def _edits(box: Box) -> Fraction:
    """The length of all edits, waiting time included, in ticks of the movie."""
    if box.kind != b"elst":
        return Fraction()
    count = struct.unpack_from(">I", box.body, 4)[0]
    form, size = (">Q", 20) if box.body[0] == 1 else (">I", 12)
    return Fraction(
        sum(struct.unpack_from(form, box.body, 8 + at * size)[0] for at in range(count))
    )

"""Small square copies as they are shown: turned or mirrored as the film's display matrix says."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, NamedTuple, cast

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

_ONE = 1 << 16


class Turn(NamedTuple):
    """Where one step to the right and one step down lead when shown: quarter turns, mirrors."""

    right_x: int
    right_y: int
    down_x: int
    down_y: int


UPRIGHT = Turn(1, 0, 0, 1)
EVERY = (
    UPRIGHT,
    *(Turn(0, y, x, 0) for y in (1, -1) for x in (1, -1)),
    *(Turn(x, 0, 0, y) for x, y in ((-1, -1), (-1, 1), (1, -1))),
)


def turn_of(frame: VideoFrame) -> Turn:
    """How a picture is turned when it is shown."""
    data: Any = frame.side_data.get(cast("Any", Type.DISPLAYMATRIX))
    if data is None:
        return UPRIGHT
    a, b, _u, c, d, *_rest = struct.unpack("=9i", bytes(data)[:36])
    turn = Turn(*(round(value / _ONE) for value in (a, b, c, d)))
    return turn if turn in EVERY else UPRIGHT


def undone(turn: Turn) -> Turn:
    """The turn that leads back."""
    return Turn(turn.right_x, turn.down_x, turn.right_y, turn.down_y)


def turned(copy: bytes, side: int, turn: Turn) -> bytes:
    """A square copy as it looks after the turn."""
    if turn == UPRIGHT:
        return copy
    return bytes(map(copy.__getitem__, _sources(side, turn)))


@lru_cache(maxsize=32)
def _sources(side: int, turn: Turn) -> tuple[int, ...]:
    """For each place of the turned copy, the place in the one before."""
    found = [0] * (side * side)
    last = side - 1
    for y in range(side):
        for x in range(side):
            to_x = x * turn.right_x + y * turn.down_x
            to_y = x * turn.right_y + y * turn.down_y
            to_x += last if turn.right_x + turn.down_x < 0 else 0
            to_y += last if turn.right_y + turn.down_y < 0 else 0
            found[to_y * side + to_x] = y * side + x
    return tuple(found)

"""A picture's own number, drawn as black and white bars and read again from a small grey copy."""

from __future__ import annotations

BARS = 12
"""The first one is the highest bit."""
COPY_SIDE = 96
"""Of the square grey copies in which numbers are read."""
_BAR = COPY_SIDE // BARS
_ROWS = range(6, 18, 2)
"""Well inside the top quarter of a copy."""
_BLACK, _WHITE = 75, 180


def bar_row(number: int, width: int) -> bytes:
    """One row of luma with the number's bars, full black and white of limited range."""
    edges = [width * bar // BARS for bar in range(BARS + 1)]
    row = bytearray()
    for bar in range(BARS):
        bit = number >> (BARS - 1 - bar) & 1
        row += bytes([235 if bit else 16]) * (edges[bar + 1] - edges[bar])
    return bytes(row)


def number_in(copy: bytes) -> int | None:
    """The number in a grey copy; None where the bars are not plainly black and white."""
    number = 0
    for bar in range(BARS):
        left = bar * _BAR + 2
        values = [value for row in _ROWS for value in _cells(copy, row, left)]
        mean = sum(values) / len(values)
        if _BLACK < mean < _WHITE:
            return None
        number = number * 2 + (mean >= _WHITE)
    return number


def _cells(copy: bytes, row: int, left: int) -> bytes:
    start = row * COPY_SIDE + left
    return copy[start : start + _BAR - 4]

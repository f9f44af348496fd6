"""The Range header (RFC 9110, section 14): pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Enough for any file; longer numbers are nobody's honest request.
RANGE_SPEC = re.compile(r"([0-9]{0,19})-([0-9]{0,19})")


class Unsatisfiable(ValueError):
    """No range asked for lies within the file."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes [start, end) of a file, counted from 0."""

    start: int
    end: int
    open_ended: bool
    """Asked for "from here on", without an end."""

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return self.end - self.start

    def content_range(self, size: int) -> str:
        """The Content-Range of this part of a file of `size` bytes."""
        return f"bytes {self.start}-{self.end - 1}/{size}"

    def capped(self, most: int) -> ByteRange:
        """Its first `most` bytes."""
        return ByteRange(self.start, min(self.end, self.start + most), self.open_ended)


def parse_range(header: str, size: int) -> ByteRange | None:
    """The first range that a file of `size` bytes can satisfy; None where the header is ignored.

    Raises Unsatisfiable where the header is well-formed but names nothing in the file.
    """
    unit, equals, specs = header.partition("=")
    if not equals or unit.strip().lower() != "bytes" or size == 0:
        return None
    pairs = [_ends(spec.strip()) for spec in specs.split(",") if spec.strip()]
    if not pairs or None in pairs:
        return None
    for first, last in filter(None, pairs):
        resolved = _resolve(first, last, size)
        if resolved is not None:
            return resolved
    raise Unsatisfiable(header)


def _ends(spec: str) -> tuple[str, str] | None:
    """The digits on both sides of a valid range's dash."""
    match = RANGE_SPEC.fullmatch(spec)
    if match is None or not (match[1] or match[2]):
        return None
    if match[1] and match[2] and int(match[1]) > int(match[2]):
        return None
    return match[1], match[2]


def _resolve(first: str, last: str, size: int) -> ByteRange | None:
    if not first:
        length = min(int(last), size)
        return ByteRange(size - length, size, open_ended=False) if length else None
    if int(first) >= size:
        return None
    end = min(int(last) + 1, size) if last else size
    return ByteRange(int(first), end, open_ended=not last)

"""What a cut means: where its ends snap to, and which pictures belong at which time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bench.cuts.films import Film

FURTHEST_SNAP = Fraction(1, 20)
_ROUNDING = Fraction(1, 1_000_000)
"""Times that differ by no more are the same: clocks are told in microseconds at best."""

Segments = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Span:
    """A segment of the source after snapping, and where it begins in the result."""

    start: Fraction
    end: Fraction
    at: Fraction

    @property
    def length(self) -> Fraction:
        """Of the segment, seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Expected:
    """A picture of the source and its time in the result."""

    index: int
    time: Fraction
    span: int
    is_carried: bool
    """Whether it stood on screen before the segment begins."""


def snap(film: Film, wanted: Fraction) -> Fraction:
    """The nearest picture time or the film's end, if near enough; a tie goes to the earlier."""
    wanted = min(max(wanted, Fraction()), film.end)
    marks = sorted({*film.times, film.end})
    place = bisect_left(marks, wanted)
    near = marks[max(0, place - 1) : place + 1]
    reach = min(film.interval / 2, FURTHEST_SNAP)
    best = near[0]
    for mark in near[1:]:
        if abs(mark - wanted) < abs(best - wanted) - _ROUNDING:
            best = mark
    return best if abs(best - wanted) <= reach + _ROUNDING else wanted


def spans(film: Film, segments: Segments) -> list[Span]:
    """The segments as they are cut, one behind the other."""
    found, at = [], Fraction()
    for start, end in segments:
        span = Span(snap(film, Fraction(str(start))), snap(film, Fraction(str(end))), at)
        if span.length <= 0:
            raise ValueError(f"nothing is left of {start:g} to {end:g}")
        found.append(span)
        at += span.length
    return found


def expected_pictures(film: Film, cut: Sequence[Span]) -> list[Expected]:
    """Each span's pictures: the one on screen at its start, then all inside."""
    times = film.times
    found = []
    for number, span in enumerate(cut):
        first = max(0, bisect_right(times, span.start) - 1)
        for index in range(first, bisect_left(times, span.end)):
            time = max(times[index], span.start)
            carried = times[index] < span.start
            found.append(Expected(index, span.at + time - span.start, number, carried))
    return found

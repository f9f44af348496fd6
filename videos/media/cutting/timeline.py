"""What a cut means: which pictures lie between two times, and where a cut really lies. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from videos.media.cutting.index import SECOND_US, Index

MOST_SNAPPED_US = 50_000
ROUNDED_US = 2
"""Times are rounded to microseconds: distances that differ by no more are the same."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch [start, end) of a source, in microseconds from its time 0."""

    start_us: int
    end_us: int

    @property
    def length_us(self) -> int:
        """How long it is."""
        return self.end_us - self.start_us


def snapped(index: Index, start: float, end: float) -> Segment:
    """The segment that a person means by two times in seconds.

    Each moves to the nearest picture, if one lies within half the usual time between pictures and
    50 ms; of two at the same distance to the earlier. The end of the video counts as a picture.
    """
    at, until = (_snap(index, round(each * SECOND_US)) for each in (start, end))
    until = min(until, index.end_us)
    if until <= at:
        # Both mean the same picture: part of it is what is left.
        until = min(round(end * SECOND_US), index.end_us)
        at = at if at < until else min(max(0, round(start * SECOND_US)), until - 1)
    return Segment(at, until)


def _snap(index: Index, time_us: int) -> int:
    film = index.film
    reach = min(film.median_gap * float(film.tick) * SECOND_US / 2, MOST_SNAPPED_US)
    after = film.first_from(time_us)
    near = [film.to_us(time) for time in film.shown_at[max(0, after - 1) : after + 1]]
    # The end of the video counts as a picture.
    near.append(index.end_us)
    least = min(abs(mark - time_us) for mark in near)
    best = min(mark for mark in near if abs(mark - time_us) <= least + ROUNDED_US)
    return best if abs(best - time_us) <= reach + ROUNDED_US else max(0, time_us)

"""What a cut means: which pictures lie between two times, and where a cut really lies. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from videos.media.cutting.index import SECOND_US, Index

MOST_SNAPPED_US = 50_000


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
    50 ms; of two at the same distance to the earlier. The end of the film counts as a picture.
    """
    at, until = (_snap(index, round(each * SECOND_US)) for each in (start, end))
    until = min(until, index.end_us)
    if until <= at:
        until = min(round(end * SECOND_US), index.end_us)
    return Segment(min(at, until - 1), until)


def _snap(index: Index, time_us: int) -> int:
    film = index.film
    reach = min(film.to_us(film.usual_gap) / 2, MOST_SNAPPED_US)
    after = film.first_from(time_us)
    near = [film.to_us(time) for time in film.shown_at[max(0, after - 1) : after + 1]]
    # The end of the film counts as a picture.
    near.append(index.film_end_us)
    best = min(near, key=lambda mark: (abs(mark - time_us), mark))
    # Half of a rounded interval: a microsecond more is the same half.
    return best if abs(best - time_us) <= reach + 1 else max(0, time_us)

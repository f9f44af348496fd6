"""From what is wanted and what a film holds to a list of pieces: copied, or encoded. Pure.

A segment of a film becomes an encoded head up to the next entry, a copied middle, and an encoded
tail of what cannot be copied without what follows it. Times of a result are ticks of the film
behind the beginning of the result.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from videos.media.cutting.index import FilmIndex
from videos.media.cutting.timeline import Segment

LONG_US, PIECE_US = 10_000_000, 5_000_000
SHORTEST_COPY_US = 400_000
"""Below this a copied stretch saves less than beginning to encode once more costs."""
REORDERED = 4
"""How many pictures before the last one it may be written behind."""
HEAD, TAIL, WHOLE, CAPTIONS = "head", "tail", "whole", "captions"


@dataclass(frozen=True, slots=True)
class Copied:
    """Packets [first, until) of the file as they are, without the leading pictures of the first."""

    first: int
    until: int
    skipped: frozenset[int]
    at: tuple[int, ...]
    """When each packet is shown, in their order: ticks of the result."""

    @property
    def packets(self) -> list[int]:
        """The numbers of its packets, in order."""
        return [number for number in range(self.first, self.until) if number not in self.skipped]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the source and when the result shows it."""

    rank: int
    """Its place among the source's pictures."""
    at: int
    """Ticks of the result."""
    source_at: int
    """The moment of the source that it stands for there: ticks from the source's time 0."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pictures that are encoded again; those of one piece begin with an entry of their own."""

    pictures: tuple[Shown, ...]
    why: str
    until: int
    """When the last one ends: ticks of the result."""


Piece = Copied | Encoded


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """All pieces of one film track, in the order of the result."""

    pieces: tuple[Piece, ...]
    tick: Fraction
    """Seconds: of every time of the result."""
    end: int
    """The end of the result."""
    why_encoded: str = ""
    """Why all of it is encoded; nothing where that was not needed."""

    @property
    def encoded(self) -> list[Encoded]:
        """The pieces that are to be encoded."""
        return [piece for piece in self.pieces if isinstance(piece, Encoded)]

    @property
    def copied(self) -> list[Copied]:
        """The pieces that are copied."""
        return [piece for piece in self.pieces if isinstance(piece, Copied)]

    @property
    def times(self) -> list[int]:
        """When each picture is shown, in the order of time."""
        times: list[int] = []
        for piece in self.pieces:
            times += piece.at if isinstance(piece, Copied) else (each.at for each in piece.pictures)
        return sorted(times)


@dataclass(frozen=True, slots=True)
class Cue:
    """When captions are drawn, microseconds of the source: from a change of them to the next.

    No two overlap.
    """

    start_us: int
    end_us: int


def tick_of(film: FilmIndex) -> Fraction:
    """The result's tick: the film's own, or a part of it where that is coarse."""
    denominator = film.tick.denominator
    times = -(-10_000 // denominator) if denominator < 10_000 else 1
    # MP4 counts in parts of a second, so a tick of 1001/30000 s is 1001 of 1/30000 s.
    return Fraction(1, denominator * times)


def plan_film(film: FilmIndex, segments: Sequence[Segment], cues: Sequence[Cue] = ()) -> FilmPlan:
    """The pieces of a film for these segments, drawing captions in the stretches of `cues`."""
    placed = list(_placed(film, segments))
    tick, end = tick_of(film), placed[-1].end if placed else 0
    plans = [_Planner(film, each, cues, is_last=each is placed[-1]) for each in placed]
    mixed = [plan.mixed() for plan in plans]
    if film.why_encoded and any(isinstance(piece, Encoded) for pieces in mixed for piece in pieces):
        return plan_whole(film, segments, cues)
    return FilmPlan(tuple(piece for pieces in mixed for piece in pieces), tick, end)


def plan_whole(film: FilmIndex, segments: Sequence[Segment], cues: Sequence[Cue] = ()) -> FilmPlan:
    """The same with every picture encoded."""
    placed = list(_placed(film, segments))
    plans = (_Planner(film, each, cues, is_last=False).all_encoded() for each in placed)
    pieces = tuple(piece for each in plans for piece in each)
    return FilmPlan(pieces, tick_of(film), placed[-1].end, film.why_encoded or WHOLE)


@dataclass(frozen=True, slots=True)
class FastPlan:
    """A copy from the keyframe before a start; what it shows begins at `actual`."""

    plan: FilmPlan
    actual: Segment


def plan_fast(film: FilmIndex, segment: Segment, end_us: int) -> FastPlan:
    """Packets only: from the keyframe at or before the start, to the first end without a hole.

    Times count from the segment's start, so what comes before it lies before 0 and is hidden.
    `end_us` is the end of the source.
    """
    first, stop = film.rank_at(segment.start_us), film.first_from(segment.end_us)
    begin = film.keyframe_before(film.order[first])
    while film.ranks[begin] > first and begin > film.keyframes[0]:
        begin = film.keyframe_before(begin - 1)
    skipped = _leading(film, begin)
    until = _end_without_hole(film, begin, skipped, range(first, stop))
    skipped = frozenset(number for number in skipped if number < until)
    packets = [number for number in range(begin, until) if number not in skipped]
    shown = [number for number in packets if film.ranks[number] >= 0]
    last = max((film.ranks[number] for number in shown), default=0)
    if last + 1 > stop:
        following = last + 1
        end = film.to_us(film.shown_at[following]) if following < len(film) else end_us
        segment = replace(segment, end_us=max(segment.end_us, end))
    scale, start = _scale(film), _ticks(film, segment.start_us)
    at = tuple(round((film.times[number] - film.origin) * scale) - start for number in packets)
    piece = Copied(begin, until, skipped, at)
    end = round(Fraction(segment.length_us, 1_000_000) / tick_of(film))
    return FastPlan(FilmPlan((piece,), tick_of(film), end), segment)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A segment and where it lies in the result, in ticks of the result."""

    segment: Segment
    begin: int
    end: int


def _placed(film: FilmIndex, segments: Sequence[Segment]) -> Iterator[_Placed]:
    """Ends are rounded from the sum of all before, so errors do not add up."""
    tick, before_us = tick_of(film) * 1_000_000, 0
    for segment in segments:
        begin = round(before_us / tick)
        before_us += segment.length_us
        yield _Placed(segment, begin, round(before_us / tick))


def _scale(film: FilmIndex) -> int:
    """How many ticks of the result one of the film is."""
    return int(film.tick / tick_of(film))


def _ticks(film: FilmIndex, microseconds: int) -> int:
    """A time of the source in ticks of the result; a picture's own where it is one's."""
    rank = film.first_from(microseconds)
    if rank < len(film) and abs(film.to_us(film.shown_at[rank]) - microseconds) <= 1:
        return film.shown_at[rank] * _scale(film)
    return round(Fraction(microseconds, 1_000_000) / tick_of(film))


def _leading(film: FilmIndex, entry: int) -> frozenset[int]:
    """The pictures that follow an entry in the file and come before it in time."""
    skipped, begin = set(), film.times[entry]
    for number in range(entry + 1, len(film.times)):
        if film.times[number] >= begin:
            # Leading pictures stand right behind their entry, but for those of deeper structures.
            if number > entry + 16:
                break
            continue
        skipped.add(number)
    return frozenset(skipped)


def _end_without_hole(film: FilmIndex, begin: int, skipped: frozenset[int], wanted: range) -> int:
    """The first packet behind which none of the `wanted` pictures is missing, nor one between."""
    highest, count, lowest = -1, 0, len(film)
    for number in range(begin, len(film.times)):
        if number in skipped or film.ranks[number] < 0:
            continue
        highest, lowest = max(highest, film.ranks[number]), min(lowest, film.ranks[number])
        count += 1
        has_all = lowest <= wanted.start and highest >= wanted.stop - 1
        if has_all and highest - lowest + 1 == count:
            return number + 1
    return len(film.times)


class _Planner:
    """The pieces of one segment."""

    def __init__(
        self, film: FilmIndex, placed: _Placed, cues: Sequence[Cue], *, is_last: bool
    ) -> None:
        self._film, self._placed, self._is_last = film, placed, is_last
        segment = placed.segment
        self._first, self._stop = film.rank_at(segment.start_us), film.first_from(segment.end_us)
        self._start = _ticks(film, segment.start_us)
        self._scale = _scale(film)
        self._cues = sorted(
            (c for c in cues if c.end_us > segment.start_us and c.start_us < segment.end_us),
            key=lambda cue: cue.start_us,
        )
        self._cue_ends = [cue.end_us for cue in self._cues]
        changes = {each for cue in self._cues for each in (cue.start_us, cue.end_us)}
        begin = placed.begin - self._start
        self._changes = sorted({begin + _ticks(film, change) for change in changes})
        self._entry_ranks = sorted(film.ranks[entry] for entry in film.entries)

    def mixed(self) -> list[Piece]:
        """Copied wherever that is possible."""
        pieces: list[Piece] = []
        rank = self._first
        while rank < self._stop:
            copied = self._copied_from(rank)
            if copied is not None:
                pieces.append(copied)
                rank += len(copied.at)
                continue
            until, why = self._next_copy(rank)
            pieces += self._encoded(rank, until, why)
            rank = until
        return pieces

    def all_encoded(self) -> list[Piece]:
        """Every picture encoded."""
        return list(self._encoded(self._first, self._stop, WHOLE))

    def _next_copy(self, rank: int) -> tuple[int, str]:
        """The picture from which copying goes on, and why not before."""
        until = self._stop
        for entry_rank in self._entry_ranks[bisect_right(self._entry_ranks, rank) :]:
            if entry_rank >= self._stop or self._copied_from(entry_rank) is not None:
                until = min(entry_rank, self._stop)
                break
        if self._first_drawn(rank) < until:
            return until, CAPTIONS
        return until, HEAD if rank == self._first else TAIL

    def _copied_from(self, rank: int) -> Copied | None:
        """What can be copied from that picture on; None where that is nothing worth it."""
        film, first = self._film, self._film.order[rank]
        if not film.is_entry(first) or self._is_drawn(rank):
            return None
        skipped, limit = _leading(film, first), self._first_drawn(rank)
        highest, count, until = rank - 1, 0, first
        for number in range(first, len(film.times)):
            place = film.ranks[number]
            if number in skipped:
                continue
            # What is not shown may be what others refer to.
            if place < 0 or place >= limit:
                break
            highest, count = max(highest, place), count + 1
            if highest - rank + 1 == count and self._may_end(place, highest):
                until = number + 1
        if until == first:
            return None
        return self._copied(first, until, skipped, rank)

    def _copied(self, first: int, until: int, skipped: frozenset[int], rank: int) -> Copied | None:
        film = self._film
        packets = [number for number in range(first, until) if number not in skipped]
        whole = rank == self._first and rank + len(packets) == self._stop
        begin, end = self._time(rank), self._time(rank + len(packets))
        if not whole and (end - begin) * tick_of(film) * 1_000_000 < SHORTEST_COPY_US:
            return None
        at = tuple(self._at(film.ranks[number]) for number in packets)
        left_out = frozenset(number for number in skipped if number < until)
        return Copied(first, until, left_out, at)

    def _may_end(self, place: int, highest: int) -> bool:
        """Only a picture that is last in the file too can stay longer than usual at the end."""
        if highest + 1 < self._stop or not self._is_last or place == highest:
            return True
        usual = self._film.usual_gap * self._scale
        before = range(max(self._first, highest - REORDERED), highest)
        stays = [self._placed.end - self._at(highest)]
        stays += [self._at(rank + 1) - self._at(rank) for rank in before]
        return all(each == usual for each in stays)

    def _encoded(self, first: int, stop: int, why: str) -> Iterator[Encoded]:
        """One piece, or several of about 5 s where it is long."""
        pictures = [shown for rank in range(first, stop) for shown in self._shown(rank)]
        if not pictures:
            return
        end = self._time(stop)
        for begin, until in pairwise(self._borders(pictures, end)):
            last = pictures[until].at if until < len(pictures) else end
            yield Encoded(tuple(pictures[begin:until]), why, last)

    def _borders(self, pictures: Sequence[Shown], end: int) -> list[int]:
        second = 1 / tick_of(self._film)
        length = (end - pictures[0].at) / second * 1_000_000
        if length <= LONG_US or self._film.is_counted:
            return [0, len(pictures)]
        parts = round(length / PIECE_US)
        borders, part = [0], 1
        for number, shown in enumerate(pictures):
            if shown.at - pictures[0].at >= (end - pictures[0].at) * part / parts:
                borders += [number] if number > borders[-1] else []
                part += 1
        return [*borders, len(pictures)]

    def _shown(self, rank: int) -> Iterator[Shown]:
        """A picture, once more wherever captions change while it stands."""
        begin, end = self._at(rank), self._time(rank + 1)
        yield Shown(rank, begin, self._source_time(begin))
        first, until = bisect_right(self._changes, begin), bisect_left(self._changes, end)
        if first < until and self._stands(rank):
            for at in self._changes[first:until]:
                yield Shown(rank, at, self._source_time(at))

    def _stands(self, rank: int) -> bool:
        """Whether a picture stays so long that captions could change under people's eyes."""
        return self._time(rank + 1) - self._at(rank) > 2 * self._film.usual_gap * self._scale or (
            (self._time(rank + 1) - self._at(rank)) * tick_of(self._film) > Fraction(1, 8)
        )

    def _source_time(self, at: int) -> int:
        return self._start + at - self._placed.begin

    def _is_drawn(self, rank: int) -> bool:
        if not self._cues:
            return False
        begin, end = self._span_us(rank)
        place = bisect_right(self._cue_ends, begin)
        return place < len(self._cues) and self._cues[place].start_us < end

    def _first_drawn(self, rank: int) -> int:
        """The first picture from there on that captions are drawn on; the end where none is."""
        if not self._cues:
            return self._stop
        place = bisect_right(self._cue_ends, self._span_us(rank)[0])
        if place == len(self._cues):
            return self._stop
        return min(self._stop, max(rank, self._film.rank_at(self._cues[place].start_us)))

    def _span_us(self, rank: int) -> tuple[int, int]:
        film, segment = self._film, self._placed.segment
        begin = max(segment.start_us, film.to_us(film.shown_at[rank]))
        following = film.to_us(film.shown_at[rank + 1]) if rank + 1 < len(film) else segment.end_us
        return begin, min(following, segment.end_us)

    def _time(self, rank: int) -> int:
        """When a picture is shown; the segment's end behind its last one."""
        return self._at(rank) if rank < self._stop else self._placed.end

    def _at(self, rank: int) -> int:
        own = self._film.shown_at[rank] * self._scale
        return self._placed.begin + max(0, own - self._start)

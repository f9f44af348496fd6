"""What an export makes of a source: the pieces of its films, the way of each other track. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from videos.media.cutting import copyable, planner
from videos.media.cutting.index import FilmIndex, Index, TrackSpan
from videos.media.cutting.planner import Cue, FilmPlan
from videos.media.cutting.timeline import Segment

EXACT, FAST = "exact", "fast"
NOT_IN_SPAN = "not_in_span"


@dataclass(frozen=True, slots=True)
class FilmResult:
    """A film of the result."""

    film: FilmIndex
    plan: FilmPlan


@dataclass(frozen=True, slots=True)
class SoundResult:
    """A sound track of the result."""

    span: TrackSpan
    is_copied: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A track that the result does not have, and the code of the reason."""

    stream: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResultPlan:
    """Everything of a result but captions."""

    segments: tuple[Segment, ...]
    films: tuple[FilmResult, ...]
    sounds: tuple[SoundResult, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def length_us(self) -> int:
        """How long the result is."""
        return sum(segment.length_us for segment in self.segments)

    @property
    def encoded_pictures(self) -> int:
        """How many pictures are encoded."""
        plans = (each.plan for each in self.films)
        return sum(len(piece.pictures) for plan in plans for piece in plan.encoded)

    @property
    def copied_bytes(self) -> int:
        """The bytes of all copied pictures."""
        return sum(
            film.film.sizes[number]
            for film in self.films
            for piece in film.plan.copied
            for number in piece.packets
        )


@dataclass(frozen=True, slots=True)
class Required:
    """What is asked of a source."""

    segments: tuple[Segment, ...]
    mode: str = EXACT
    sounds: tuple[int, ...] | None = None
    """The tracks to keep, by their place in the file; None: all."""
    cues: tuple[Cue, ...] = ()
    """When captions are drawn."""
    is_drawn: bool = False
    is_whole_encode: bool = False
    """Encode every picture, whatever could be copied."""


def plan_result(index: Index, required: Required) -> ResultPlan:
    """The plan for one source."""
    segments, films = required.segments, index.films
    if required.mode == FAST:
        fast = planner.plan_fast(index.film, segments[0], index.end_us)
        segments = (fast.actual,)
        others = (planner.plan_fast(film, fast.actual, index.end_us).plan for film in films[1:])
        results = tuple(map(FilmResult, films, (fast.plan, *others)))
    else:
        # Text is drawn on the film that is shown, and the others would only cost.
        films = films[:1] if required.is_drawn else films
        results = tuple(FilmResult(film, _film_plan(film, segments, required)) for film in films)
    sounds = [
        span
        for span in index.of_kind("audio")
        if required.sounds is None or span.stream in required.sounds
    ]
    heard = [span for span in sounds if not span.note and _overlaps(span, segments)]
    return ResultPlan(
        segments=segments,
        films=tuple(each for each in results if each.plan.times),
        sounds=tuple(SoundResult(span, _is_copied(span, segments)) for span in heard),
        left_out=tuple(_left_out(index, sounds, heard, segments, films)),
    )


def _film_plan(film: FilmIndex, segments: Sequence[Segment], required: Required) -> FilmPlan:
    if required.is_whole_encode or film.codec not in copyable.FILMS:
        return planner.plan_whole(film, segments, required.cues)
    return planner.plan_film(film, segments, required.cues)


def _overlaps(span: TrackSpan, segments: Sequence[Segment]) -> bool:
    return any(span.start_us < each.end_us and span.end_us > each.start_us for each in segments)


def _is_copied(span: TrackSpan, segments: Sequence[Segment]) -> bool:
    return len(segments) == 1 and span.codec in copyable.LEAD_PACKETS


def _left_out(
    index: Index,
    sounds: Iterable[TrackSpan],
    heard: Sequence[TrackSpan],
    segments: Sequence[Segment],
    films: Sequence[FilmIndex],
) -> Iterable[LeftOut]:
    for span in sounds:
        if span not in heard:
            yield LeftOut(span.stream, span.kind, span.note or NOT_IN_SPAN)
    shown = {film.stream for film in films}
    for span in index.of_kind("video"):
        if span.stream not in shown:
            yield LeftOut(span.stream, span.kind, span.note or NOT_IN_SPAN)

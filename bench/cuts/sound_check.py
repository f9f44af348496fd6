"""Whether each sound track of a result lies where it belongs and lasts as long as it should."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bench.cuts.films import MILLISECOND, Film
from bench.cuts.rules import Span
from bench.cuts.sounds import RATE, Place, Sound, find, loudness
from bench.cuts.violations import Violation, few, milliseconds, seconds

_SLACK = Fraction(1, 2000)
"""Headers round ends to milliseconds."""
_RELATION = 0.010
"""The furthest that sound may be from its pictures behind a join."""
_PIECE = RATE // 4
_SHORTEST_PIECE = RATE // 25
_REACH = RATE // 10
_EVERY = 2 * RATE
"""Sound is also held against the source every two seconds."""
_FRAME = RATE // 50
_AUDIBLE, _SILENT = 0.01, 0.0006
_LOST, _ADDED = 0.1, 0.006
_NOT_THE_SAME = 0.4
_MORE_CLIPPED = 0.01


@dataclass(frozen=True, slots=True)
class Track:
    """A source's track and the result's track that was made of it, if there is one."""

    number: int
    source: Sound
    result: Sound | None


@dataclass(frozen=True, slots=True)
class TrackReport:
    """What is found out about one track."""

    violations: Sequence[Violation]
    places: Sequence[float]
    """How much later than it should each compared piece lies, seconds."""
    copied: float
    """The share of packets that are the source's."""


def check_sounds(source: Film, result: Film, cut: Sequence[Span]) -> list[TrackReport]:
    """Hold each sound track against the rules."""
    tracks, wrong = _tracks(source, result, cut)
    reports = [_TrackCheck(track, source, result, cut).report() for track in tracks]
    return [TrackReport(wrong, [], 0.0), *reports] if wrong else reports


def copied_share(source: Sequence[bytes], result: Sequence[bytes]) -> float:
    """The share of the result's packets that the source has too; packets of silence count once."""
    made = set(result)
    return len(made & set(source)) / max(1, len(made))


def _tracks(source: Film, result: Film, cut: Sequence[Span]) -> tuple[list[Track], list[Violation]]:
    """Which track is which: all of the source's, or those that can be heard in the cut."""
    every = [(at, sound) for at, sound in enumerate(source.sounds) if sound.runs]
    heard = [(at, sound) for at, sound in every if _is_heard(sound, cut)]
    present = [(at, sound) for at, sound in every if _is_present(sound, cut)]
    made = [sound for sound in result.sounds if sound.runs]
    for wanted in (every, present, heard):
        if len(wanted) == len(made):
            pairs = zip(wanted, made, strict=True)
            return [Track(at, sound, own) for (at, sound), own in pairs], []
    sentence = f"{len(made)} sound tracks where {len(heard)} of the source can be heard"
    return [], [Violation(4, sentence)]


def _is_present(sound: Sound, cut: Sequence[Span]) -> bool:
    return any(run.start < span.end and run.end > span.start for run in sound.runs for span in cut)


def _is_heard(sound: Sound, cut: Sequence[Span]) -> bool:
    return any(_loudest(_span_of(sound, span)) > _AUDIBLE for span in cut)


def _span_of(sound: Sound, span: Span) -> array[float]:
    return sound.between(span.start, int(span.length * RATE))


def _loudest(values: array[float]) -> float:
    return max(_levels(values), default=0.0)


def _levels(values: array[float]) -> list[float]:
    return [loudness(values[at : at + _FRAME]) for at in range(0, len(values), _FRAME)]


class _TrackCheck:
    """One track of a source against the one made of it."""

    def __init__(self, track: Track, source: Film, result: Film, cut: Sequence[Span]) -> None:
        assert track.result is not None
        self._name = f"sound track {track.number + 1}"
        self._source, self._result = track.source, track.result
        self._container = result.container
        self._cut = cut
        clocks = [film.tick for film in (source, result) if film.tick == MILLISECOND]
        self._clock = MILLISECOND if clocks else Fraction()
        self._copied = copied_share(self._source.packets, self._result.packets)

    def report(self) -> TrackReport:
        """All that is wrong with it."""
        violations: list[Violation] = []
        places: list[float] = []
        for number, span in enumerate(self._cut):
            shifts, sentences = self._shifts(span)
            places += shifts
            violations += few(5 if number else 4, sentences)
            violations += few(4, self._levels_of(span))
        violations += [Violation(4, sentence) for sentence in (*self._ends(), *self._rubbish())]
        return TrackReport(violations, places, self._copied)

    @property
    def _is_copied(self) -> bool:
        return self._copied > 0.9

    def _shifts(self, span: Span) -> tuple[list[float], list[str]]:
        """How late pieces at the span's edges and in between are, and what is too much."""
        original = _span_of(self._source, span)
        allowed = float(MILLISECOND + self._clock) if len(self._cut) == 1 else _RELATION
        shifts, sentences = [], []
        for at, size in _pieces(original):
            time = span.at + Fraction(at, RATE)
            place = self._place(original[at : at + size], time)
            if place.alike < _NOT_THE_SAME:
                sentences.append(f"{self._name} at {seconds(time)} is not the source's")
                continue
            shifts.append(place.later)
            if abs(place.later) > allowed:
                side = "late" if place.later > 0 else "early"
                by = milliseconds(abs(place.later))
                sentences.append(f"{self._name} at {seconds(time)} is {by} too {side}")
        return shifts, sentences

    def _place(self, piece: array[float], time: Fraction) -> Place:
        around = self._result.between(time - Fraction(_REACH, RATE), len(piece) + 2 * _REACH)
        return find(piece, around)

    def _levels_of(self, span: Span) -> Iterator[str]:
        """Where sound is lost, or heard though the source is silent; the very edges may smear."""
        original = _levels(_span_of(self._source, span))
        made = _levels(self._result.between(span.at, int(span.length * RATE)))
        for at in range(2, len(original) - 3):
            near, shown = original[at - 2 : at + 3], made[at - 2 : at + 3]
            time = seconds(span.at + Fraction(at * _FRAME, RATE))
            if min(near) > _AUDIBLE and max(shown) < _LOST * min(near):
                yield f"{self._name} is silent at {time}, where the source is not"
            if max(near) < _SILENT and min(shown) > _ADDED:
                yield f"{self._name} is heard at {time}, where the source is silent"

    def _ends(self) -> Iterator[str]:
        """The track covers what the source's covers of the segments."""
        covered = [
            (
                span.at + max(run.start, span.start) - span.start,
                span.at + min(run.end, span.end) - span.start,
            )
            for span in self._cut
            for run in self._source.runs
            if run.start < span.end and run.end > span.start
        ]
        if not covered:
            return
        first, last = covered[0][0], covered[-1][1]
        total = self._cut[-1].at + self._cut[-1].length
        exact = MILLISECOND + self._clock + _SLACK
        packet = self._result.longest_packet + exact
        if self._result.start > first + exact:
            yield f"{self._name} begins at {seconds(self._result.start)}, not {seconds(first)}"
        if self._result.start < -exact:
            yield f"{self._name} begins before the film, at {seconds(self._result.start)}"
        if self._result.end < last - (packet if self._is_copied else exact):
            yield f"{self._name} ends at {seconds(self._result.end)}, not {seconds(last)}"
        loose = self._is_copied or self._container != "mov"
        if self._result.end > total + (packet if loose else exact):
            yield f"{self._name} ends at {seconds(self._result.end)}, not {seconds(total)}"

    def _rubbish(self) -> Iterator[str]:
        if self._result.not_numbers > self._source.not_numbers:
            yield f"{self._name} has {self._result.not_numbers} samples that are no numbers"
        if self._result.clipped > self._source.clipped + _MORE_CLIPPED:
            yield f"{self._name} is clipped in {100 * self._result.clipped:.0f} % of its samples"


def _pieces(values: array[float]) -> list[tuple[int, int]]:
    """Places and sizes of pieces with sound: the first, the last, and some between."""
    size = min(_PIECE, len(values))
    if size < _SHORTEST_PIECE:
        return []
    last = len(values) - size
    step = max(1, size // 4)
    places = [*range(0, last, step), last]
    heard = [at for at in places if loudness(values[at : at + size]) > _AUDIBLE]
    chosen: list[int] = []
    for at in heard:
        if not chosen or at == heard[-1] or at >= chosen[-1] + _EVERY:
            chosen.append(at)
    return [(at, size) for at in chosen]

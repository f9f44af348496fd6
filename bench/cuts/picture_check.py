"""Whether a result shows the right pictures, in order, each at its time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import pairwise
from operator import sub

from bench.cuts.films import MILLISECOND, Film, Picture
from bench.cuts.rules import Expected, Span
from bench.cuts.violations import Violation, few, milliseconds, seconds

_SLACK = Fraction(1, 100_000)
_FINEST = Fraction(1, 10_000)
_NEIGHBOURS = 4
_NOISE = 1.2
"""Grey levels by which an encoder may move a picture nearer to another one."""
_RELATIVE_NOISE = 1.3
_UNLIKE = 14.0
"""Grey levels: a picture that is further from the right one shows something else."""
_CLEARLY = 1.05
"""How much nearer a whole segment must be to the pictures beside the right ones."""
_ENOUGH, _LITTLE = 4, 0.15
"""So many pictures, and so many grey levels for each of them, make a difference."""
_WITH_TRACK_LENGTHS = {"mov"}

Pair = tuple[Expected, Picture]


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is found out about a result's pictures."""

    violations: Sequence[Violation]
    worst_time: float
    """Of all pictures: furthest from its right time, seconds."""
    wrong: int
    """Pictures that are missing, too many, or not the right ones."""


def check_pictures(
    source: Film, result: Film, cut: Sequence[Span], wanted: Sequence[Expected]
) -> Pictures:
    """Hold the pictures against the rules."""
    pairs, named = _paired(source, result, wanted)
    step = tolerance(source, result)
    off = [(pair, abs(pair[1].time - pair[0].time)) for pair in pairs]
    late = [
        f"the picture of {seconds(wish.time)} is shown at {seconds(shown.time)}"
        for (wish, shown), distance in off
        if distance > step + _SLACK
    ]
    violations = [
        *few(4, named),
        *few(4, late),
        *_start(result, wanted, step),
        *_end(result, cut, step),
        *_evenness(source, result, pairs),
        *_damage(source, result),
    ]
    return Pictures(violations, float(max((far for _, far in off), default=0)), len(named))


def tolerance(source: Film, result: Film) -> Fraction:
    """One tick of the coarser clock, but no less than a tenth of a millisecond.

    A source's clock of whole pictures is no excuse for being one off.
    """
    return max(min(source.tick, MILLISECOND), result.tick, _FINEST)


def _paired(source: Film, result: Film, wanted: Sequence[Expected]) -> tuple[list[Pair], list[str]]:
    """Which shown picture is which, and a sentence for each that is wrong."""
    if source.is_numbered:
        return _paired_by_number(source, result, wanted)
    if len(result.pictures) == len(wanted):
        pairs = list(zip(wanted, result.pictures, strict=True))
        return pairs, [*_unlike(source, pairs), *_shifted(source, pairs)]
    return _paired_by_time(source, result, wanted)


def _paired_by_number(
    source: Film, result: Film, wanted: Sequence[Expected]
) -> tuple[list[Pair], list[str]]:
    right = [source.pictures[wish.index].number for wish in wanted]
    shown = [picture.number for picture in result.pictures]
    pairs: list[Pair] = []
    wrong: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, right, shown, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs += zip(wanted[a:b], result.pictures[c:d], strict=True)
            continue
        wrong += [
            f"picture {right[at]} is missing at {seconds(wanted[at].time)}" for at in range(a, b)
        ]
        wrong += [_too_much(result.pictures[at], shown.count(shown[at])) for at in range(c, d)]
    return pairs, wrong


def _too_much(picture: Picture, times: int) -> str:
    if picture.number is None:
        return f"the picture at {seconds(picture.time)} cannot be made out"
    again = " a second time" if times > 1 else ""
    where = f"{again} at {seconds(picture.time)}, where it does not belong"
    return f"picture {picture.number} is shown{where}"


def _paired_by_time(
    source: Film, result: Film, wanted: Sequence[Expected]
) -> tuple[list[Pair], list[str]]:
    """With a wrong count: each right picture with the one shown nearest to its time."""
    wrong = [f"{len(result.pictures)} pictures are shown where {len(wanted)} belong"]
    reach = source.interval / 2
    times, taken, pairs = result.times, Counter[int](), []
    for wish in wanted:
        place = bisect_left(times, wish.time)
        near = [at for at in (place - 1, place) if 0 <= at < len(times)]
        _, best = min((abs(times[at] - wish.time), at) for at in near)
        if abs(times[best] - wish.time) > reach or taken[best]:
            wrong.append(f"no picture is shown at {seconds(wish.time)}")
            continue
        taken[best] += 1
        pairs.append((wish, result.pictures[best]))
    wrong += [
        f"the picture at {seconds(time)} is one too many"
        for at, time in enumerate(times)
        if not taken[at]
    ]
    return pairs, [*wrong, *_unlike(source, pairs)]


def _unlike(source: Film, pairs: Sequence[Pair]) -> Iterator[str]:
    """Where another picture of the source is plainly nearer than the right one."""
    for wish, shown in pairs:
        right = _distance(source.pictures[wish.index].small, shown.small)
        if right > _UNLIKE:
            yield f"the picture at {seconds(shown.time)} is {right:.0f} grey levels off"
        if right <= _NOISE:
            continue
        for index in _beside(source, wish.index):
            other = _distance(source.pictures[index].small, shown.small)
            if right > other * _RELATIVE_NOISE + _NOISE:
                by = f"{abs(index - wish.index)} {'later' if index > wish.index else 'earlier'}"
                yield f"the picture at {seconds(shown.time)} is rather the one {by}"
                break


def _shifted(source: Film, pairs: Sequence[Pair]) -> Iterator[str]:
    """Where a whole segment is nearer to the pictures beside the right ones."""
    for number in sorted({wish.span for wish, _shown in pairs}):
        own = [pair for pair in pairs if pair[0].span == number]
        right = _sum_of_distances(source, own, 0)
        for by in (-1, 1):
            other = _sum_of_distances(source, own, by)
            if len(own) >= _ENOUGH and right > other * _CLEARLY + _LITTLE * len(own):
                beside = "later" if by > 0 else "earlier"
                yield f"segment {number + 1} shows the pictures one {beside} than the right ones"


def _sum_of_distances(source: Film, pairs: Sequence[Pair], by: int) -> float:
    last = len(source.pictures) - 1
    beside = (min(max(wish.index + by, 0), last) for wish, _shown in pairs)
    shown = (picture.small for _wish, picture in pairs)
    wanted = (source.pictures[index].small for index in beside)
    total: float = sum(map(_distance, wanted, shown), 0.0)
    return total


def _beside(source: Film, index: int) -> Iterator[int]:
    first, last = max(0, index - _NEIGHBOURS), min(len(source.pictures), index + _NEIGHBOURS + 1)
    return (at for at in range(first, last) if at != index)


def _distance(one: bytes, other: bytes) -> float:
    """Mean difference in grey levels."""
    total: int = sum(map(abs, map(sub, one, other)))
    return total / len(one)


def _start(result: Film, wanted: Sequence[Expected], step: Fraction) -> Iterator[Violation]:
    if not wanted:
        return
    first = result.pictures[0].time
    if abs(first - wanted[0].time) > step + _SLACK:
        right, shown = seconds(wanted[0].time), seconds(first)
        yield Violation(4, f"the first picture is shown at {shown}, not at {right}")


def _end(result: Film, cut: Sequence[Span], step: Fraction) -> Iterator[Violation]:
    """The last picture lasts until the end; headers tell it in milliseconds.

    Where tracks have no length of their own, the last picture stays until the film's end.
    """
    total = cut[-1].at + cut[-1].length
    end = result.pictures_end
    if end < total and result.container not in _WITH_TRACK_LENGTHS:
        end = min(total, result.end)
    off = end - total
    if abs(off) > max(step, MILLISECOND) + _SLACK:
        side = "before" if off < 0 else "after"
        by = milliseconds(abs(off))
        yield Violation(4, f"the last picture ends {by} {side} the cut's end at {seconds(total)}")


def _evenness(source: Film, result: Film, pairs: Sequence[Pair]) -> Iterator[Violation]:
    """A film of constant rate stays one."""
    usual, already = source.interval, source.unevenness
    if already > source.tick + _SLACK or source.tick > usual / 4:
        return
    allowed = already + tolerance(source, result)
    uneven = [
        f"the interval before {seconds(b.time)} is {milliseconds(b.time - a.time)} long"
        for (wish, a), (then, b) in pairwise(pairs)
        if then.index == wish.index + 1
        and wish.span == then.span
        and not wish.is_carried
        and abs(b.time - a.time - usual) > allowed
    ]
    yield from few(4, uneven)


def _damage(source: Film, result: Film) -> Iterator[Violation]:
    if result.errors > source.errors:
        yield Violation(4, f"{result.errors} packets or pictures of the result are damaged")

"""Films that exist as an index only, of every structure that cutting has to do with."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from videos.media.cutting.index import FilmIndex, Index, TrackSpan

# Ticks, and how many of them a picture is shown.
CLOCKS = (
    (Fraction(1, 12_800), 512),
    (Fraction(1, 90_000), 3003),
    (Fraction(1, 1000), 40),
    (Fraction(1, 24), 1),
    (Fraction(1001, 30_000), 1),
    (Fraction(1, 600), 10),
)


@dataclass(frozen=True)
class Gop:
    """A keyframe and what follows it in the file."""

    pictures: int
    b_frames: int = 0
    """So many pictures wait for a later one, again and again."""
    is_open: bool = False
    """Whether the keyframe is followed by pictures that are shown before it."""
    is_entry: bool = True
    middle_first: bool = False
    """Whether the middle one of those that wait is coded first, and others refer to it."""

    def order(self, first: int) -> list[int]:
        """The places in time of its pictures, in the file's order."""
        places = list(range(first, first + self.pictures))
        leading = min(self.b_frames, self.pictures - 1) if self.is_open else 0
        found = [places[leading], *self._waiting(places[:leading])]
        rest = places[leading + 1 :]
        while rest:
            group, rest = rest[: self.b_frames + 1], rest[self.b_frames + 1 :]
            found += [group[-1], *self._waiting(group[:-1])]
        return found

    def _waiting(self, places: list[int]) -> list[int]:
        middle = len(places) // 2
        if not self.middle_first or not places:
            return places
        return [places[middle], *places[:middle], *places[middle + 1 :]]


def film(
    gops: Sequence[Gop],
    *,
    clock: tuple[Fraction, int] = CLOCKS[0],
    stays: Sequence[int] = (),
    begin: int = 0,
    late: int = 0,
    hidden: int = 0,
    why_encoded: str = "",
) -> FilmIndex:
    """The index of a film of these groups.

    `stays`: how many usual times each picture is shown, 1 where it says nothing. `begin`: the
    clock's time 0 of the source, in usual times, and `late` how much later the first picture is.
    `hidden`: so many pictures at the beginning are not shown.
    """
    tick, step = clock
    order, keyframes, entries = list[int](), array("q"), array("q")
    for gop in gops:
        keyframes.append(len(order))
        if gop.is_entry:
            entries.append(len(order))
        order += gop.order(len(order))
    shown_at, at = [], (begin + late) * step
    for number in range(len(order)):
        shown_at.append(at)
        at += step * (stays[number] if number < len(stays) else 1)
    return FilmIndex(
        stream=0,
        codec="hevc" if any(gop.is_open and gop.is_entry for gop in gops) else "h264",
        tick=tick,
        times=array("q", (shown_at[place] for place in order)),
        sizes=array("q", (1000 + number % 7 for number in range(len(order)))),
        positions=array("q", (number * 1010 for number in range(len(order)))),
        keyframes=keyframes,
        entries=entries,
        hidden=frozenset(number for number, place in enumerate(order) if place < hidden),
        origin=begin * step,
        why_encoded=why_encoded,
    )


def index(made: FilmIndex, sound_end_us: int = 0) -> Index:
    """A source of that film, and of sound where it goes on for longer than the pictures."""
    start, last = made.to_us(made.shown_at[0]), made.to_us(made.shown_at[-1])
    end_us = last + made.to_us(made.usual_gap)
    tracks = [TrackSpan(0, "video", start, end_us, made.codec)]
    if sound_end_us:
        tracks.append(TrackSpan(1, "audio", 0, sound_end_us, "aac"))
    return Index((made,), tuple(tracks), 0, max(end_us, sound_end_us))


@st.composite
def gops(draw: st.DrawFn, *, is_first: bool) -> Gop:
    """Closed and open ones, some that a cut must not begin with."""
    is_open = not is_first and draw(st.booleans())
    return Gop(
        pictures=draw(st.integers(1, 40)),
        b_frames=draw(st.integers(0, 7)),
        is_open=is_open,
        is_entry=is_first or draw(st.integers(0, 4)) > 0,
        middle_first=draw(st.booleans()),
    )


@st.composite
def films(draw: st.DrawFn, *, is_even: bool = False) -> FilmIndex:
    """Any film; `is_even`: of a constant rate, and every picture is shown."""
    groups = [draw(gops(is_first=True)), *draw(st.lists(gops(is_first=False), max_size=7))]
    count = sum(group.pictures for group in groups)
    stays: list[int] = []
    if not is_even and draw(st.booleans()):
        kinds = st.sampled_from([1, 1, 1, 1, 2, 3, 10, 100])
        stays = draw(st.lists(kinds, min_size=count, max_size=count))
    return film(
        groups,
        clock=draw(st.sampled_from(CLOCKS)),
        stays=stays,
        begin=draw(st.sampled_from([0, 35, 250])),
        late=0 if is_even else draw(st.sampled_from([0, 0, 11])),
        hidden=0 if is_even else draw(st.integers(0, min(3, count - 1))),
    )

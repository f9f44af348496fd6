"""Exports at random that can be had again by their seed.

python -m bench.cuts.random_exports FOLDER [--seed N] [--count N]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

from bench.cuts.films import Film, NoPictures, read
from bench.cuts.real import films_in
from bench.cuts.rules import spans

MOST_SEGMENTS = 4
SHORTEST = 0.2
_NEAR = 0.012


@dataclass(frozen=True, slots=True)
class Export:
    """A clip and the segments wanted of it, in the result's order."""

    number: int
    clip: Path
    segments: Sequence[tuple[float, float]]

    def __str__(self) -> str:
        wanted = " ".join(f"{start:g}-{end:g}" for start, end in self.segments)
        return f"{self.clip} {wanted}"


def random_exports(clips: Sequence[Path], count: int, seed: int) -> list[Export]:
    """So many exports; each depends on the seed and its number alone, and on the clips."""
    return [_export(clips, number, seed) for number in range(count)]


def clips_in(folder: Path) -> list[Path]:
    """The clips of a folder by name."""
    return sorted(films_in(folder), key=lambda path: path.name)


def _film(clip: Path) -> Film | None:
    try:
        return read(clip)
    except (NoPictures, OSError, ValueError):
        return None


def _export(clips: Sequence[Path], number: int, seed: int) -> Export:
    """Every clip has its turn, or the next one that shows pictures; all else is random."""
    random = Random(f"{seed}:{number}")
    turn = number % len(clips)
    found = ((clip, _film(clip)) for clip in (*clips[turn:], *clips[:turn]))
    clip, film = next((clip, film) for clip, film in found if film is not None)
    count = random.choice((1, 1, 1, 2, 3, MOST_SEGMENTS))
    segments: list[tuple[float, float]] = []
    for _ in range(100):
        if len(segments) < count:
            segments += _usable(film, _segment(film, random))
    return Export(number, clip, segments or [(0.0, round(float(film.end), 6))])


def _segment(film: Film, random: Random) -> tuple[float, float]:
    end = float(film.end)
    if random.random() < 0.15:
        return _bound(film, random, 0.0, end * 0.9), end
    start = 0.0 if random.random() < 0.1 else _bound(film, random, 0.0, end)
    length = random.choice((random.uniform(SHORTEST, 1), random.uniform(1, end)))
    return start, _bound(film, random, start, min(end, start + 2 * length))


def _bound(film: Film, random: Random, low: float, high: float) -> float:
    """A time on a picture, near one, between two, or anywhere."""
    wanted = random.uniform(low, high)
    times = [float(time) for time in film.times]
    picture = min(times, key=lambda time: abs(time - wanted))
    kind = random.choice(("on", "on", "near", "between", "anywhere"))
    if kind == "on":
        wanted = picture
    if kind == "near":
        wanted = picture + random.uniform(-_NEAR, _NEAR)
    if kind == "between":
        wanted = picture + float(film.interval) / 2
    return max(0.0, wanted)


def _usable(film: Film, segment: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """The segment in microseconds, if enough of it is left after snapping."""
    start, end = round(segment[0], 6), round(min(segment[1], float(film.end)), 6)
    if end - start < SHORTEST:
        return
    if spans(film, [(start, end)])[0].length >= Fraction(1, 10):
        yield start, end


def main(arguments: Sequence[str] | None = None) -> int:
    """Print them, one a line, as the checker takes them."""
    parser = argparse.ArgumentParser(prog="python -m bench.cuts.random_exports")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    given = parser.parse_args(arguments)
    for export in random_exports(clips_in(given.folder), given.count, given.seed):
        print(export)
    return 0


if __name__ == "__main__":
    sys.exit(main())

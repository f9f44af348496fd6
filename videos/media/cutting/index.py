"""The index of a source: its pictures and tracks as far as cutting needs to know them.

Made once, when a file arrives, and kept beside the probe. Values only. Times of pictures are
counts of the film's time base ("ticks"), in the file's order; everything else is microseconds from
the source's time 0, the earliest picture or sound.
"""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Any, Self

SECOND_US = 1_000_000
VERSION = 1
_HEAD = struct.Struct("<4sI")
_MAGIC = b"vcix"


@dataclass(frozen=True)
class FilmIndex:
    """The pictures of one film track."""

    stream: int
    """Its place in the file."""
    codec: str
    tick: Fraction
    """Seconds."""
    times: array[int]
    """When each is shown, in the file's order."""
    sizes: array[int]
    """Bytes of each packet."""
    positions: array[int]
    """Where each packet lies in the file; -1 where that is not known."""
    keyframes: array[int]
    """Packets that a decoder can begin with, pictures before them in time excepted."""
    entries: array[int]
    """Keyframes after which nothing refers to what came before."""
    hidden: frozenset[int] = frozenset()
    """Packets that are decoded, or cannot be, but are not shown."""
    origin: int = 0
    """The time 0 of the source."""
    why_encoded: str = ""
    """Why its pictures cannot be copied beside encoded ones; nothing where they can."""
    is_counted: bool = False
    """Packets do not tell when they are shown: the n-th decoded picture is at the n-th time."""
    matrix: tuple[int, ...] = ()
    """How it is turned for showing, as an MP4 writes it; nothing where it is upright."""
    pixel: tuple[int, int] = (1, 1)
    """How wide a pixel is for its height."""

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def order(self) -> array[int]:
        """The packets that are shown, in the order of time."""
        shown = (place for place in range(len(self.times)) if place not in self.hidden)
        return array("l", sorted(shown, key=self.times.__getitem__))

    @cached_property
    def ranks(self) -> array[int]:
        """The place of each packet in the order of time; -1 for what is not shown."""
        ranks = array("l", [-1]) * len(self.times)
        for rank, packet in enumerate(self.order):
            ranks[packet] = rank
        return ranks

    @cached_property
    def shown_at(self) -> array[int]:
        """When each picture is shown, in the order of time: ticks from the source's time 0."""
        return array("q", (self.times[packet] - self.origin for packet in self.order))

    @cached_property
    def median_gap(self) -> float:
        """The median time between two pictures, in ticks; 1/25 s where there is only one."""
        gaps = [later - earlier for earlier, later in pairwise(self.shown_at)]
        return float(median(gaps) if gaps else Fraction(1, 25) / self.tick)

    @cached_property
    def usual_gap(self) -> int:
        """The usual time between two pictures, in ticks; at least one."""
        return max(1, int(self.median_gap))

    def to_us(self, ticks: int) -> int:
        """Microseconds of a time."""
        # Whole numbers: half of a Fraction's time goes into finding common divisors.
        scaled = 2 * ticks * self.tick.numerator * SECOND_US
        return (scaled + self.tick.denominator) // (2 * self.tick.denominator)

    def to_ticks(self, microseconds: int) -> Fraction:
        """A time in ticks, exactly."""
        return Fraction(microseconds, SECOND_US) / self.tick

    def rank_at(self, microseconds: int) -> int:
        """The picture on screen at that time; 0 where none has come yet."""
        return max(0, bisect_right(self.shown_at, self.to_ticks(microseconds + 1)) - 1)

    def first_from(self, microseconds: int) -> int:
        """The first picture that is shown at that time or later."""
        # Times in microseconds are rounded, so a picture may lie a little before its own.
        return bisect_left(self.shown_at, self.to_ticks(microseconds - 1))

    def keyframe_before(self, packet: int) -> int:
        """The last keyframe at or before a packet of the file; the first where none is."""
        place = bisect_right(self.keyframes, packet) - 1
        return self.keyframes[max(place, 0)] if self.keyframes else 0

    def is_entry(self, packet: int) -> bool:
        """Whether nothing from that packet on refers to what comes before it."""
        place = bisect_left(self.entries, packet)
        return place < len(self.entries) and self.entries[place] == packet

    def safe_start(self, ranks: Sequence[int]) -> int:
        """The packet to begin decoding with, so that all these pictures come out right."""
        if self.is_counted:
            return 0
        lowest = min(ranks)
        first = min(self.order[rank] for rank in ranks)
        marks = self.keyframes if self.why_encoded else self.entries
        place = bisect_right(marks, first) - 1
        while place >= 0 and self.ranks[marks[place]] > lowest:
            place -= 1
        # Keyframes of other codecs need not be entries: what refers to before one is shown soon.
        place -= 1 if self.why_encoded else 0
        return marks[place] if place >= 0 else 0


@dataclass(frozen=True, slots=True)
class TrackSpan:
    """From when to when a track has something to show or to play, microseconds."""

    stream: int
    kind: str
    start_us: int
    end_us: int
    codec: str = ""
    note: str = ""
    """Why it cannot go into a result; nothing where it can."""


@dataclass(frozen=True)
class Index:
    """A whole source."""

    films: tuple[FilmIndex, ...]
    tracks: tuple[TrackSpan, ...]
    origin_us: int
    """The timestamp of the source's time 0."""
    end_us: int

    @property
    def film(self) -> FilmIndex:
        """The film that is shown, which decides where cuts lie."""
        return self.films[0]

    def track(self, stream: int) -> TrackSpan:
        """The span of one track."""
        return next(track for track in self.tracks if track.stream == stream)

    def of_kind(self, kind: str) -> list[TrackSpan]:
        """The tracks of one kind, in the file's order."""
        return [track for track in self.tracks if track.kind == kind]

    def to_bytes(self) -> bytes:
        """Compact: differences, compressed."""
        columns = [_column(values) for film in self.films for values in _columns(film)]
        head = json.dumps(
            {
                "films": [_film_head(film) for film in self.films],
                "tracks": [asdict(track) for track in self.tracks],
                "origin": self.origin_us,
                "end": self.end_us,
                "columns": [len(column) for column in columns],
            }
        ).encode()
        return b"".join((_HEAD.pack(_MAGIC, len(head)), head, *columns))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Back from `to_bytes`. Raises ValueError for anything else."""
        try:
            return cls._read(data)
        except (struct.error, zlib.error, LookupError, TypeError) as error:
            raise ValueError("not an index") from error

    @classmethod
    def _read(cls, data: bytes) -> Self:
        magic, length = _HEAD.unpack_from(data)
        if magic != _MAGIC:
            raise ValueError("not an index")
        head = json.loads(data[_HEAD.size : _HEAD.size + length])
        place, columns = _HEAD.size + length, []
        for size in head["columns"]:
            columns.append(_values(data[place : place + size]))
            place += size
        films = tuple(
            _film(each, columns[number * 6 : number * 6 + 6])
            for number, each in enumerate(head["films"])
        )
        tracks = tuple(TrackSpan(**track) for track in head["tracks"])
        return cls(films, tracks, head["origin"], head["end"])


def _columns(film: FilmIndex) -> tuple[Iterable[int], ...]:
    hidden = sorted(film.hidden)
    return film.times, film.sizes, film.positions, film.keyframes, film.entries, hidden


def _film_head(film: FilmIndex) -> dict[str, Any]:
    return {
        "stream": film.stream,
        "codec": film.codec,
        "tick": [film.tick.numerator, film.tick.denominator],
        "origin": film.origin,
        "why_encoded": film.why_encoded,
        "is_counted": film.is_counted,
        "matrix": film.matrix,
        "pixel": film.pixel,
    }


def _film(head: dict[str, Any], columns: Sequence[array[int]]) -> FilmIndex:
    times, sizes, positions, keyframes, entries, hidden = columns
    return FilmIndex(
        stream=head["stream"],
        codec=head["codec"],
        tick=Fraction(*head["tick"]),
        times=times,
        sizes=sizes,
        positions=positions,
        keyframes=keyframes,
        entries=entries,
        hidden=frozenset(hidden),
        origin=head["origin"],
        why_encoded=head["why_encoded"],
        is_counted=head["is_counted"],
        matrix=tuple(head["matrix"]),
        pixel=(head["pixel"][0], head["pixel"][1]),
    )


def _column(values: Iterable[int]) -> bytes:
    """Differences as signed 64-bit numbers, their bytes sorted by weight, compressed."""
    differences, last = array("q"), 0
    for value in values:
        differences.append(value - last)
        last = value
    raw = differences.tobytes()
    return zlib.compress(b"".join(raw[weight::8] for weight in range(8)), 6)


def _values(column: bytes) -> array[int]:
    planes = zlib.decompress(column)
    count = len(planes) // 8
    raw = bytearray(len(planes))
    for weight in range(8):
        raw[weight::8] = planes[weight * count : (weight + 1) * count]
    values, last = array("q"), 0
    for difference in array("q", bytes(raw)):
        last += difference
        values.append(last)
    return values

"""A film read whole: every picture and sound that a player would show, with its time.

It is decoded from its first packet to its last, so no seeking can go wrong. Edit lists, priming and
skipped samples are applied by the decoder. Time 0 is the earliest time of pictures and sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import av
from av.video.frame import VideoFrame

from bench.cuts.bars import COPY_SIDE, number_in
from bench.cuts.boxes import played_until
from bench.cuts.packets import Framing
from bench.cuts.sounds import Sound, SoundReader
from bench.cuts.turning import UPRIGHT, Turn, turn_of, turned, undone

MILLISECOND = Fraction(1, 1000)
SMALL_SIDE = 36
"""Of the square grey copies by which pictures are compared."""
KEPT = 200
"""So many films that were read last are kept."""
UNKNOWN_INTERVAL = Fraction(1, 25)
"""Of a film of one picture."""
_IN_MILLISECONDS = {"flv", "matroska", "webm"}
_WITHOUT_TIMES = {"avi"}
"""Their packets have no presentation times: what libav says instead is a guess."""


class NoPictures(Exception):
    """The file has no film, or none of its pictures can be decoded."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, its time from the film's 0, its number if it carries one, its small copy."""

    time: Fraction
    number: int | None
    small: bytes


@dataclass(frozen=True, slots=True)
class Film:
    """What a file shows and plays."""

    path: Path
    container: str
    zero: Fraction
    """On the file's own clock."""
    tick: Fraction
    """The step in which times of pictures can be told."""
    pictures: Sequence[Picture]
    pictures_end: Fraction
    """Until when the last picture is shown, as far as the film's own track says."""
    sounds: Sequence[Sound]
    packets: Sequence[bytes]
    """Digests of the packets whose pictures are shown."""
    hidden: int
    """Packets whose pictures are not shown."""
    errors: int
    """Packets that the decoder refused, and pictures that it calls damaged."""
    turn: Turn
    """How its pictures are turned when they are shown."""

    @property
    def times(self) -> list[Fraction]:
        """Of all pictures."""
        return [picture.time for picture in self.pictures]

    @property
    def interval(self) -> Fraction:
        """The median time from one picture to the next."""
        return usual_interval(self.times)

    @property
    def end(self) -> Fraction:
        """Of the whole film: of its pictures or its sound, whichever is later."""
        return max([self.pictures_end, *(sound.end for sound in self.sounds if sound.runs)])

    @property
    def is_numbered(self) -> bool:
        """Whether nearly every picture carries a number, rising from each to the next."""
        numbers = [p.number for p in self.pictures if p.number is not None]
        rising = all(a < b for a, b in pairwise(numbers))
        return rising and len(numbers) >= max(2, 0.9 * len(self.pictures))

    @property
    def unevenness(self) -> Fraction:
        """How far the interval between two pictures is from the median at most."""
        times, usual = self.times, self.interval
        return max((abs(b - a - usual) for a, b in pairwise(times)), default=Fraction())


def usual_interval(times: Sequence[Fraction]) -> Fraction:
    """The median time from one picture to the next."""
    steps = [b - a for a, b in pairwise(times)]
    return Fraction(median(steps)) if steps else UNKNOWN_INTERVAL


def read(path: Path, source_turn: Turn | None = None) -> Film:
    """Decode a file whole. What was read last is kept, for several cuts of one source.

    A result may be turned itself where its source's pictures are turned when they are shown.
    """
    state = path.stat()
    return _read(path, source_turn, state.st_mtime_ns, state.st_size)


@dataclass(slots=True)
class _Decoded:
    """What comes out of the film's track, in the decoder's order."""

    framing: Framing
    step: Fraction
    pictures: list[tuple[Fraction | None, int | None, bytes]] = field(default_factory=list)
    stored: list[Fraction] = field(default_factory=list)
    ends: list[Fraction] = field(default_factory=list)
    packets: list[bytes] = field(default_factory=list)
    hidden: int = 0
    errors: int = 0
    turn: Turn = UPRIGHT
    source_turn: Turn | None = None

    def take(self, packet: Any) -> None:
        """Note a packet's times, and decode it."""
        if packet.size:
            self._note(packet)
        try:
            for frame in packet.decode():
                self._keep(frame)
        except av.FFmpegError:
            self.errors += 1

    def _note(self, packet: Any) -> None:
        if packet.is_discard:
            self.hidden += 1
            return
        self.packets.append(self.framing.digest(bytes(packet)))
        time = packet.pts if packet.pts is not None else packet.dts
        if time is not None:
            self.stored.append((packet.dts if self._by_decode_time else time) * self.step)
            self.ends.append((time + (packet.duration or 0)) * self.step)

    def _keep(self, frame: VideoFrame) -> None:
        if frame.is_corrupt and not self.pictures:
            return
        self.errors += frame.is_corrupt
        copy = frame.reformat(COPY_SIDE, COPY_SIDE, "gray")
        small = _grey(copy.reformat(SMALL_SIDE, SMALL_SIDE, "gray"))
        time = None if frame.pts is None else frame.pts * self.step
        self.turn = turn_of(frame)
        small = turned(small, SMALL_SIDE, self.turn)
        self.pictures.append((time, self._number(_grey(copy)), small))

    def _number(self, copy: bytes) -> int | None:
        """A picture's number; the bars are drawn in the source as it is before its turn."""
        if self.source_turn is None or self.source_turn == self.turn:
            return number_in(copy)
        shown = turned(copy, COPY_SIDE, self.turn)
        return number_in(turned(shown, COPY_SIDE, undone(self.source_turn)))

    _by_decode_time: bool = False

    def sort_by_decode_time(self) -> None:
        """Take decode times as stored times: the container has no others."""
        self._by_decode_time = True

    def timed(self) -> list[Picture]:
        """The pictures with their times; stored times in order where the decoder's do not rise."""
        times = [time for time, _number, _small in self.pictures]
        known = [time for time in times if time is not None]
        rises = len(known) == len(times) and all(a < b for a, b in pairwise(known))
        if self._by_decode_time or not rises:
            known = sorted(self.stored)
        pairs = zip(known, self.pictures, strict=False)
        return [Picture(time, number, small) for time, (_, number, small) in pairs]


@lru_cache(maxsize=KEPT)
def _read(path: Path, source_turn: Turn | None, _changed: int, _size: int) -> Film:
    with av.open(path, metadata_errors="ignore") as container:
        name = container.format.name.split(",")[0]
        stream = _film_stream(container)
        stream.thread_type = "AUTO"
        decoded = _Decoded(
            _framing(stream), stream.time_base or MILLISECOND, source_turn=source_turn
        )
        if name in _WITHOUT_TIMES:
            decoded.sort_by_decode_time()
        readers = [SoundReader(s) for s in container.streams.audio if _has_decoder(s)]
        by_index = {reader.index: reader for reader in readers}
        for packet in container.demux(stream, *(reader.stream for reader in readers)):
            if packet.stream.index == stream.index:
                decoded.take(packet)
            else:
                by_index[packet.stream.index].take(packet)
        ends = played_until(path) if name == "mov" else {}
        sounds = [reader.finish(ends.get(reader.stream.id)) for reader in readers]
        film = Film(
            path=path,
            container=name,
            zero=Fraction(),
            tick=MILLISECOND if name in _IN_MILLISECONDS else decoded.step,
            pictures=decoded.timed(),
            pictures_end=Fraction(),
            sounds=sounds,
            packets=decoded.packets,
            hidden=decoded.hidden,
            errors=decoded.errors,
            turn=decoded.turn,
        )
        if not film.pictures:
            raise NoPictures(path.name)
        return _from_zero(replace(film, pictures_end=_pictures_end(film, ends.get(stream.id))))


def _pictures_end(film: Film, said: Fraction | None) -> Fraction:
    """Where the film's track ends; where nothing says so, an interval after its last picture."""
    last = film.pictures[-1].time
    return said if said is not None and said > last else last + film.interval


def _from_zero(film: Film) -> Film:
    """The film with all times counted from the earliest of pictures and sound."""
    starts = [sound.start for sound in film.sounds if sound.runs]
    zero = min([film.pictures[0].time, *starts])
    pictures = [replace(picture, time=picture.time - zero) for picture in film.pictures]
    sounds = [sound.moved(-zero) for sound in film.sounds]
    end = film.pictures_end - zero
    return replace(film, zero=zero, pictures=pictures, sounds=sounds, pictures_end=end)


def _film_stream(container: Any) -> Any:
    """The first film that is not a cover picture."""
    streams = [s for s in container.streams.video if _has_decoder(s) and not _is_cover(s)]
    several = [s for s in streams if s.frames != 1]
    for stream in [*several, *streams]:
        return stream
    raise NoPictures(container.name)


def _is_cover(stream: Any) -> bool:
    return "attached_pic" in str(stream.disposition)


def _has_decoder(stream: Any) -> bool:
    return stream.codec_context is not None


def _framing(stream: Any) -> Framing:
    context = stream.codec_context
    return Framing(context.name, context.extradata)


def _grey(frame: VideoFrame) -> bytes:
    plane = frame.planes[0]
    data, step, width = bytes(plane), plane.line_size, frame.width
    if step == width:
        return data[: width * frame.height]
    return b"".join(_rows(data, step, width, frame.height))


def _rows(data: bytes, step: int, width: int, height: int) -> Iterator[bytes]:
    for row in range(height):
        yield data[row * step : row * step + width]

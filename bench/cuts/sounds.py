"""A sound track laid on its time line, and how far a piece of it lies from where it belongs."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import isfinite, sqrt
from operator import mul
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from bench.cuts.packets import Framing

RATE = 16_000
"""Samples a second of the copies that are compared."""
_JITTER = Fraction(6, 1000)
"""A time that is further than this from where the samples before it end is a gap."""
_ENOUGH_ALIKE = 0.85
_NOTHING = 1e-9
_AS_GOOD = 0.01
"""Of two places whose likeness differs by less than this, the nearer one counts."""


@dataclass(frozen=True, slots=True)
class Run:
    """Sound without a gap."""

    start: Fraction
    length: Fraction
    low: array[float]
    """One channel at `RATE`."""

    @property
    def end(self) -> Fraction:
        """The time after its last sample."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound track."""

    codec: str
    rate: int
    channels: int
    runs: Sequence[Run]
    packets: Sequence[bytes]
    longest_packet: Fraction
    not_numbers: int
    clipped: float
    """The share of samples at or beyond full scale."""

    @property
    def start(self) -> Fraction:
        """Of its first sample."""
        return self.runs[0].start

    @property
    def end(self) -> Fraction:
        """Of its last sample."""
        return self.runs[-1].end

    def moved(self, by: Fraction) -> Sound:
        """The same with all times later by that much."""
        return replace(self, runs=[replace(run, start=run.start + by) for run in self.runs])

    def between(self, start: Fraction, samples: int) -> array[float]:
        """So many samples at `RATE` from a time on, silent where there is no sound."""
        found = array("f", bytes(4 * samples))
        for run in self.runs:
            offset = round((run.start - start) * RATE)
            first, last = max(0, offset), min(samples, offset + len(run.low))
            if first < last:
                found[first:last] = run.low[first - offset : last - offset]
        return found


class SoundReader:
    """Decodes one sound track, packet by packet."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.index: int = stream.index
        self._step: Fraction = stream.time_base
        self._framing = Framing(stream.codec_context.name, None)
        self._mono: AudioResampler | None = None
        self._packets: list[bytes] = []
        self._longest = Fraction()
        self._pieces: list[tuple[Fraction, int, bytes]] = []
        """Start, samples and sound of runs, in the making."""
        self._rate = 0
        self._told_end: Fraction | None = None

    def take(self, packet: Any) -> None:
        """Decode a packet; one that the decoder refuses is as if it were not there."""
        if packet.size:
            self._packets.append(self._framing.digest(bytes(packet)))
            self._note_end(packet)
            self._longest = max(self._longest, (packet.duration or 0) * self._step)
        try:
            for frame in packet.decode():
                self._keep(frame)
        except av.FFmpegError:
            return

    def _note_end(self, packet: Any) -> None:
        """Padding behind the end is decoded too, but packets say how long they are."""
        if packet.pts is None or not packet.duration:
            return
        end = (packet.pts + packet.duration) * self._step
        self._told_end = end if self._told_end is None else max(self._told_end, end)

    def finish(self, said_end: Fraction | None) -> Sound:
        """The track; what lies behind the end that the file says is not played."""
        runs, bad, clipped, count = [], 0, 0, 0
        for start, samples, sound in _joined(self._pieces, self._rate):
            values = array("f", sound)
            if not isfinite(sum(values)):
                bad += sum(not isfinite(value) for value in values)
            if max(values) >= 1.0 or min(values) <= -1.0:
                clipped += sum(abs(value) >= 1.0 for value in values)
            count += samples
            length = Fraction(samples, self._rate)
            ends = [end for end in (said_end, self._told_end) if end is not None]
            length = min([length, *(end - start for end in ends)])
            if length > 0:
                low = lowered(values, self._rate)[: round(length * RATE)]
                runs.append(Run(start, length, low))
        context = self.stream.codec_context
        return Sound(
            codec=context.name,
            rate=self._rate,
            channels=context.channels,
            runs=runs,
            packets=self._packets,
            longest_packet=max(self._longest, Fraction(1024, self._rate or 44100)),
            not_numbers=bad,
            clipped=clipped / max(1, count),
        )

    def _keep(self, frame: AudioFrame) -> None:
        if frame.pts is None and not self._pieces:
            return
        time = None if frame.pts is None else frame.pts * self._step
        self._rate = self._rate or frame.sample_rate
        if self._mono is None:
            self._mono = AudioResampler(format="flt", layout="mono", rate=self._rate)
        for mono in self._mono.resample(frame):
            if time is None:
                start, samples, _sound = self._pieces[-1]
                time = start + Fraction(samples, self._rate)
            sound = bytes(mono.planes[0])[: 4 * mono.samples]
            self._pieces.append((time, mono.samples, sound))
            time += Fraction(mono.samples, self._rate)


def _joined(
    pieces: Sequence[tuple[Fraction, int, bytes]], rate: int
) -> Iterator[tuple[Fraction, int, bytes]]:
    """Pieces that follow each other as one, up to each gap."""
    start, samples, parts = Fraction(), 0, list[bytes]()
    for time, count, sound in pieces:
        if parts and abs(start + Fraction(samples, rate) - time) > _JITTER:
            yield start, samples, b"".join(parts)
            parts = []
        if not parts:
            start, samples = time, 0
        parts.append(sound)
        samples += count
    if parts:
        yield start, samples, b"".join(parts)


def lowered(values: array[float], rate: int) -> array[float]:
    """One channel brought to `RATE`, with what is not a number as silence."""
    if not isfinite(sum(values)):
        values = array("f", (value if isfinite(value) else 0.0 for value in values))
    frame = AudioFrame("flt", "mono", len(values), align=1)
    frame.sample_rate = rate
    frame.planes[0].update(values.tobytes())
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    low = array("f")
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        low.frombytes(bytes(part.planes[0])[: 4 * part.samples])
    return low


def loudness(values: Sequence[float]) -> float:
    """Root of the mean square."""
    return sqrt(sum(map(mul, values, values)) / max(1, len(values)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of sound was found: how much later than it should, and how alike it is."""

    later: float
    alike: float


def find(piece: array[float], around: array[float]) -> Place:
    """Where `piece` lies in `around`, which reaches as far before as behind the right place."""
    reach = (len(around) - len(piece)) // 2
    near = min(reach, RATE // 800)
    likeness = _likeness(piece, around, range(reach - near, reach + near + 1))
    best = _nearest(likeness, reach)
    if likeness[best] < _ENOUGH_ALIKE or abs(best - reach) == near:
        rough = _likeness(piece[::2], around, range(2 * reach + 1), 2)
        best = _nearest(rough, reach)
        likeness = _likeness(piece, around, range(max(0, best - 2), min(2 * reach, best + 2) + 1))
        best = max(likeness, key=lambda at: likeness[at])
    return Place((best - reach + _between(likeness, best)) / RATE, likeness[best])


def _likeness(
    piece: array[float], around: array[float], places: range, every: int = 1
) -> dict[int, float]:
    """The normalised correlation at each place, of each sample of `piece` or of every other."""
    reach = len(piece) * every
    energy = [0.0, *accumulate(map(mul, around, around))]
    own = sum(map(mul, piece, piece))
    found = {}
    for at in places:
        other = (energy[at + reach] - energy[at]) / every
        scale = sqrt(own * max(0.0, other))
        part = around[at : at + reach : every]
        found[at] = sum(map(mul, piece, part)) / scale if scale > _NOTHING else 0.0
    return found


def _nearest(likeness: dict[int, float], middle: int) -> int:
    """The best place; of those as good, as with a steady tone, the one nearest to the middle."""
    bar = max(likeness.values()) - _AS_GOOD
    good = (at for at in likeness if likeness[at] >= bar)
    return _uphill(likeness, min(good, key=lambda at: abs(at - middle)))


def _uphill(likeness: dict[int, float], at: int) -> int:
    """The top of the hill on whose side a place lies."""
    while True:
        top = max((at - 1, at, at + 1), key=lambda place: likeness.get(place, -2.0))
        if top == at:
            return at
        at = top


def _between(likeness: dict[int, float], best: int) -> float:
    """The top of the parabola through a place and its neighbours, in samples from it."""
    values = [likeness.get(best + step) for step in (-1, 0, 1)]
    before, top, after = values
    if before is None or top is None or after is None:
        return 0.0
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else 0.5 * (before - after) / bend

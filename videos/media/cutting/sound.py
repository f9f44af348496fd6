"""The sound of a result: one stream for each track, copied or encoded in one go.

Child processes only. Samples are counted from the source's time 0, or from the result's beginning.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import cast

import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from videos.media.cutting import copyable
from videos.media.cutting.index import SECOND_US
from videos.media.cutting.reading import only
from videos.media.cutting.timeline import Segment
from videos.media.probe.opening import open_media

LEAD_US = 500_000
"""How far before a segment decoding begins."""
DRIFT_US = 5_000
"""Timestamps of some containers are rounded: below this a difference is no gap."""
SAMPLE_BYTES, FORMAT = 4, "fltp"
# What AAC has a channel configuration for (ISO/IEC 14496-3, 1.6.3.5), by the number of channels.
LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}
AAC_RATES = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000),
    *(24_000, 22_050, 16_000, 12_000, 11_025, 8_000),
)


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """A packet on its way into the result: time and length in samples."""

    time: int
    samples: int
    data: bytes


@dataclass(frozen=True, slots=True)
class SoundSource:
    """A sound track of a source."""

    path: Path
    stream: int
    origin_us: int
    """The timestamp of the source's time 0."""
    start_us: int
    """When its first sound is heard, from the source's time 0."""
    is_scattered: bool = False
    """Whether its packets are found by an index: what lies between them need not be read."""


class _Track:
    """An open sound track."""

    def __init__(self, source: SoundSource) -> None:
        self.source = source
        self._open()

    def _open(self) -> None:
        # Read no more than asked (https://ffmpeg.org/ffmpeg-formats.html#Format-Options).
        options = {"avioflags": "direct"} if self.source.is_scattered else {}
        self.container: InputContainer = open_media(self.source.path, **options)
        self.stream = cast("AudioStream", only(self.container, self.source.stream))

    def from_before(self, time_us: int) -> None:
        """Read from somewhere before that time on."""
        self.close()
        self._open()
        target = max(0, time_us - LEAD_US)
        if target <= self.source.start_us:
            return
        tick = self.stream.time_base or Fraction(1, SECOND_US)
        place = round(Fraction(target + self.source.origin_us, SECOND_US) / tick)
        try:
            self.container.seek(place, stream=self.stream)
        except av.error.FFmpegError:
            self.from_start()

    def from_start(self) -> None:
        """Read from the file's beginning on."""
        self.close()
        self._open()

    def packets(self) -> Iterator[Packet[AudioStream]]:
        """Packets with data in them; reading ends where the file is damaged."""
        try:
            yield from (packet for packet in self.container.demux(self.stream) if packet.size)
        except (av.error.FFmpegError, IndexError):
            return

    def samples_of(self, ticks: int, tick: Fraction, rate: int) -> int:
        """A timestamp as samples from the source's time 0."""
        # Whole numbers: fractions would take most of the time of a long copy.
        below = tick.denominator * SECOND_US
        above = ticks * tick.numerator * SECOND_US - self.source.origin_us * tick.denominator
        return (2 * above * rate + below) // (2 * below)

    def close(self) -> None:
        """Close the file."""
        self.container.close()


class CopiedSound:
    """Packets of one segment as they are; what comes before the start is cut by the edit list."""

    def __init__(self, source: SoundSource, segment: Segment) -> None:
        self._track, self._segment = _Track(source), segment
        context = self._track.stream.codec_context
        self.codec, self.rate = context.codec.canonical_name, context.sample_rate
        self._size = 0 if self.codec == "opus" else context.frame_size or 0
        self._has_headers = self.codec == "aac" and not context.extradata
        self.extradata = self._own_extradata(bytes(context.extradata or b""))

    @property
    def stream(self) -> AudioStream:
        """The track in the source."""
        return self._track.stream

    def close(self) -> None:
        """Close the source."""
        self._track.close()

    def packets(self) -> Iterator[SoundPacket]:
        """From a little before the segment's start to its end."""
        length = round(Fraction(self._segment.length_us, SECOND_US) * self.rate)
        lead: deque[SoundPacket] = deque(maxlen=copyable.LEAD_PACKETS[self.codec])
        begun = False
        self._track.from_before(self._segment.start_us)
        for packet in self._timed():
            if packet.time >= length:
                break
            if packet.time + packet.samples <= 0:
                lead.append(packet)
                continue
            if not begun:
                yield from lead
                begun = True
            # The last one counts for no longer than the segment lasts.
            yield replace(packet, samples=min(packet.samples, length - packet.time))

    def _timed(self) -> Iterator[SoundPacket]:
        start = round(Fraction(self._segment.start_us, SECOND_US) * self.rate)
        following: int | None = None
        for packet in self._track.packets():
            tick = packet.time_base
            if packet.pts is None or tick is None:
                continue
            time = self._track.samples_of(packet.pts, tick, self.rate) - start
            # Rounded timestamps would make every packet's length another.
            if following is not None and abs(time - following) <= self.rate * DRIFT_US // SECOND_US:
                time = following
            samples = self._samples(packet, tick)
            # A rounded length adds up to more than a rounded time is off.
            following = time + samples if self._size or self.codec == "opus" else None
            yield SoundPacket(time, samples, self._without_header(bytes(packet)))

    def _samples(self, packet: Packet[AudioStream], tick: Fraction) -> int:
        return self._size or round((packet.duration or 0) * tick * self.rate)

    def _without_header(self, data: bytes) -> bytes:
        """An AAC packet of a transport stream without its ADTS header (ISO/IEC 14496-3, 1.A.2)."""
        if not self._has_headers or data[:1] != b"\xff":
            return data
        return data[7 if data[1] & 1 else 9 :]

    def _own_extradata(self, own: bytes) -> bytes:
        if self._has_headers:
            first = next(self._track.packets(), None)
            return _aac_configuration(bytes(first)) if first is not None else b""
        if self.codec == "flac" and len(own) == 34:
            # STREAMINFO (RFC 9639, 8.2): the number of samples and the digest are of all of it.
            return own[:13] + bytes((own[13] & 0xF0,)) + bytes(20)
        return own


def _aac_configuration(packet: bytes) -> bytes:
    """The AudioSpecificConfig that an ADTS header stands for (ISO/IEC 14496-3, 1.6.2.1)."""
    kind, rate = (packet[2] >> 6) + 1, packet[2] >> 2 & 15
    channels = (packet[2] & 1) << 2 | packet[3] >> 6
    return (kind << 11 | rate << 7 | channels << 3).to_bytes(2, "big")


class EncodedSound:
    """The sound of any segments, joined to the sample and encoded once."""

    codec = "aac"

    def __init__(self, source: SoundSource, segments: Sequence[Segment]) -> None:
        self._track, self._segments = _Track(source), segments
        context = self._track.stream.codec_context
        self.rate = next((r for r in AAC_RATES if r == context.sample_rate), 48_000)
        named = context.layout.name
        self.layout = (
            named if named in LAYOUTS.values() else LAYOUTS.get(context.channels, "stereo")
        )
        self._relabel = len(context.layout.channels) in LAYOUTS and self.layout != named
        self._channels = {name: count for count, name in LAYOUTS.items()}[self.layout]

    def close(self) -> None:
        """Close the source."""
        self._track.close()

    def packets(self, encoder: AudioCodecContext) -> Iterator[SoundPacket]:
        """All of it, by an open encoder of this rate and layout."""
        at = 0
        for planes in self._frames(encoder.frame_size or 1024):
            frame = _frame(planes, self.layout, self.rate)
            frame.pts, frame.time_base = at, Fraction(1, self.rate)
            at += frame.samples
            yield from map(_encoded, encoder.encode(frame))
        yield from map(_encoded, encoder.encode(None))

    def _frames(self, size: int) -> Iterator[list[bytes]]:
        """Samples in portions as the encoder takes them."""
        waiting = [bytearray() for _ in range(self._channels)]
        whole = size * SAMPLE_BYTES
        for planes in self._samples():
            for buffer, plane in zip(waiting, planes, strict=True):
                buffer.extend(plane)
            while len(waiting[0]) >= whole:
                yield [bytes(buffer[:whole]) for buffer in waiting]
                for buffer in waiting:
                    del buffer[:whole]
        if waiting[0]:
            yield [bytes(buffer) for buffer in waiting]

    def _samples(self) -> Iterator[list[bytes]]:
        before_us, placed = 0, 0
        for segment in self._segments:
            before_us += segment.length_us
            until = round(Fraction(before_us, SECOND_US) * self.rate)
            begin = round(Fraction(segment.start_us, SECOND_US) * self.rate)
            yield from self._segment(begin, until - placed)
            placed = until

    def _segment(self, begin: int, count: int) -> Iterator[list[bytes]]:
        """Exactly so many samples from that one on, silent where the source has none."""
        at, end = begin, begin + count
        for first, frame in self._decoded(begin):
            if first >= end:
                break
            if first + frame.samples <= at:
                continue
            if first > at:
                yield self._silence(first - at)
                at = first
            until = min(first + frame.samples, end)
            yield _cut(frame, at - first, until - first)
            at = until
            if at == end:
                return
        if at < end:
            yield self._silence(end - at)

    def _silence(self, count: int) -> list[bytes]:
        return [bytes(count * SAMPLE_BYTES)] * self._channels

    def _decoded(self, begin: int) -> Iterator[tuple[int, AudioFrame]]:
        """Sound from before a sample on, each with the number of its first sample."""
        begin_us = begin * SECOND_US // self.rate
        self._track.from_before(begin_us)
        is_first = True
        for first, frame in self._placed():
            if is_first and first > begin and begin_us > self._track.source.start_us:
                break  # it was found too late: from the beginning then
            is_first = False
            yield first, frame
        else:
            return
        self._track.from_start()
        yield from self._placed()

    def _placed(self) -> Iterator[tuple[int, AudioFrame]]:
        following: int | None = None
        for frame in self._resampled():
            if frame.pts is None or frame.time_base is None:
                first = following
            else:
                first = self._track.samples_of(frame.pts, frame.time_base, self.rate)
            if first is None:
                continue
            drift = abs(first - following) if following is not None else 0
            if following is not None and drift <= self.rate * DRIFT_US // SECOND_US:
                first = following
            following = first + frame.samples
            yield first, frame

    def _resampled(self) -> Iterator[AudioFrame]:
        """Sound in the encoder's form; a change of its own form begins a new resampling."""
        resampler = self._resampler()
        for frame in self._frames_of_source():
            named = _relabelled(frame, self.layout) if self._relabel else frame
            try:
                yield from resampler.resample(named)
            except ValueError:
                yield from resampler.resample(None)
                resampler = self._resampler()
                yield from resampler.resample(named)
        yield from resampler.resample(None)

    def _resampler(self) -> AudioResampler:
        return AudioResampler(FORMAT, self.layout, self.rate)

    def _frames_of_source(self) -> Iterator[AudioFrame]:
        decoder = self._track.stream.codec_context
        for packet in self._track.packets():
            try:
                yield from decoder.decode(packet)
            except av.error.FFmpegError:
                continue
        try:
            yield from decoder.decode(None)
        except av.error.FFmpegError:
            return


def _relabelled(frame: AudioFrame, layout: str) -> AudioFrame:
    """The same sound, its channels called otherwise: mixing would change them."""
    if len(frame.layout.channels) not in LAYOUTS:
        return frame
    named = AudioFrame(frame.format.name, layout, frame.samples)
    named.sample_rate, named.pts, named.time_base = frame.sample_rate, frame.pts, frame.time_base
    for plane, own in zip(named.planes, frame.planes, strict=True):
        data = bytes(own)[: plane.buffer_size]
        plane.update(data + bytes(plane.buffer_size - len(data)))
    return named


def _cut(frame: AudioFrame, first: int, until: int) -> list[bytes]:
    """Samples [first, until) of each channel; a plane may be padded behind its samples."""
    begin, end = first * SAMPLE_BYTES, until * SAMPLE_BYTES
    return [bytes(memoryview(plane)[begin:end]) for plane in frame.planes]


def _frame(planes: Sequence[bytes], layout: str, rate: int) -> AudioFrame:
    samples = len(planes[0]) // SAMPLE_BYTES
    frame = AudioFrame(FORMAT, layout, samples)
    frame.sample_rate = rate
    for plane, data in zip(frame.planes, planes, strict=True):
        plane.update(data + bytes(plane.buffer_size - len(data)))
    return frame


def _encoded(packet: Packet[AudioStream]) -> SoundPacket:
    return SoundPacket(packet.pts or 0, packet.duration or 0, bytes(packet))

"""Collecting a source's index from its packets, in the same read as the probe's scan.

Runs in child processes only.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import av.error
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from videos.media.cutting import nal, orientation, picture_order
from videos.media.cutting.index import SECOND_US, FilmIndex, Index, TrackSpan
from videos.media.probe.describe import decoder_of, pixel_shape
from videos.media.probe.model import Kind

NO_ENTRIES, CHANGING, INTERLACED, OTHER_CODEC = "no_entries", "changing", "interlaced", "codec"
NO_TIMES = "no_times"
NO_DECODER, PICTURE_TRACK = "no_decoder", "cover"
TRIED = 50
# Formats without lengths: libav gives what the codec says of its rate.
LENGTHS_GUESSED = ("avi", "mpeg", "mpegts")
# What the encoders at hand can match: ffmpeg -h encoder=libx264, -h encoder=libx265.
MATCHED_FORMATS = {
    nal.H264: {
        *("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"),
        *("yuv420p10le", "yuv422p10le", "yuv444p10le", "gray", "gray10le"),
    },
    nal.HEVC: {
        *("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "gbrp"),
        *("yuv420p10le", "yuv422p10le", "yuv444p10le"),
    },
}


class FilmCollector:
    """The packets of one film, as they come."""

    def __init__(self, stream: VideoStream) -> None:
        self.stream = stream
        decoder = decoder_of(stream)
        self._codec = decoder.codec.canonical_name if decoder else ""
        self._extradata = bytes(decoder.extradata or b"") if decoder else b""
        self._mixed = self._codec in nal.CODECS and decoder is not None
        self._sets = nal.sets_of(self._codec, self._extradata)
        self._seen_sets: dict[tuple[int, int], bytes] = {}
        self._why = "" if self._mixed else OTHER_CODEC
        self._times, self._sizes, self._positions = array("q"), array("q"), array("q")
        self._keyframes, self._entries = array("q"), array("q")
        self._hidden: set[int] = set()
        self._order = picture_order.OrderReader(self._sets) if self._codec == nal.H264 else None
        self._without_time, self._is_counted = 0, False
        # AVI has no times but those of decoding; libav guesses others, and some of them twice.
        self._is_untimed = stream.container.format.name == "avi"
        for unit in self._sets.units:
            self._note_set(unit)

    @property
    def tells_lengths(self) -> bool:
        """Whether the file says for how long its pictures are shown."""
        guessed = self.stream.container.format.name in LENGTHS_GUESSED
        return not self._without_time and not guessed

    def add(self, packet: Packet[Stream]) -> None:
        """The next packet of the file."""
        number = len(self._times)
        time = None if self._is_untimed else packet.pts
        if time is None:
            self._without_time += 1
            time = packet.dts if packet.dts is not None else 0
        self._times.append(time)
        self._sizes.append(packet.size)
        self._positions.append(-1 if packet.pos is None else packet.pos)
        if packet.is_discard:
            self._hidden.add(number)
        if packet.is_keyframe:
            self._keyframes.append(number)
        if self._mixed and not self._why:
            self._look_inside(packet, number)

    def _look_inside(self, packet: Packet[Stream], number: int) -> None:
        # Only keyframes are looked into, but for what tells the order of pictures without times.
        needs_order = self._order and (packet.pts is None or self._is_untimed)
        if not packet.is_keyframe and not needs_order:
            return
        data = bytes(packet)
        kinds = nal.kinds_of(self._codec, data, self._sets.prefix)
        if packet.is_keyframe:
            self._note_entry(kinds, number)
            for unit in nal.units_of(data, self._sets.prefix):
                self._note_set(unit)
        if self._order:
            self._order.add(number, data)
            if self._order.has_fields:
                self._why = INTERLACED

    def _note_entry(self, kinds: frozenset[int], number: int) -> None:
        if self._codec == nal.H264:
            clean = nal.H264_IDR in kinds
        else:
            clean = bool(kinds & (nal.HEVC_IDR | {nal.HEVC_CRA}))
        if clean:
            self._entries.append(number)

    def _note_set(self, unit: bytes) -> None:
        """The same set again is fine; another one under its name is a change on the way."""
        kind = nal.kind_of(self._codec, unit)
        wanted = nal.H264_SETS if self._codec == nal.H264 else nal.HEVC_SETS
        if kind not in wanted:
            return
        name = (kind, _set_id(self._codec, kind, unit))
        if self._seen_sets.setdefault(name, unit) != unit:
            self._why = CHANGING

    def index(self, picture: VideoFrame | None, origin_us: int) -> FilmIndex:
        """All of them; `picture` is the film's first that can be decoded."""
        tick = self.stream.time_base or Fraction(1, SECOND_US)
        self._mend_times(tick)
        self._hide_undecodable()
        if not self._why and picture is not None:
            self._why = self._not_matched(picture)
        if not self._why and not self._entries:
            self._why = NO_ENTRIES
        shape = pixel_shape(self.stream)
        return FilmIndex(
            stream=self.stream.index,
            codec=self._codec,
            tick=tick,
            times=self._times,
            sizes=self._sizes,
            positions=self._positions,
            keyframes=self._keyframes,
            entries=self._entries if self._mixed else self._keyframes[:1],
            hidden=frozenset(self._hidden),
            origin=round(Fraction(origin_us, SECOND_US) / tick),
            why_encoded=self._why,
            is_counted=self._is_counted,
            matrix=orientation.matrix_of(picture) if picture is not None else (),
            pixel=(shape.numerator, shape.denominator),
        )

    def _not_matched(self, picture: VideoFrame) -> str:
        if picture.interlaced_frame:
            return INTERLACED
        return "" if picture.format.name in MATCHED_FORMATS[self._codec] else OTHER_CODEC

    def _mend_times(self, tick: Fraction) -> None:
        """Times where a container holds none of its own: in the order that the pictures say."""
        if not self._without_time:
            return
        if len(set(self._times)) < len(self._times):
            self._times = _spread(len(self._times), tick, self.stream)
        ordered = self._order.ranks() if self._order else None
        if ordered is not None and len(ordered) == len(self._times):
            times = sorted(self._times)
            self._times = array("q", (times[rank] for rank in ordered))
            return
        self._why = NO_TIMES
        self._is_counted = self._has_b_frames()

    def _has_b_frames(self) -> bool:
        decoder = decoder_of(self.stream)
        return bool(getattr(decoder, "has_b_frames", True))

    def _hide_undecodable(self) -> None:
        """What comes before the first keyframe, in the file or in time, shows nothing."""
        if not self._keyframes:
            return
        first = self._keyframes[0]
        self._hidden.update(range(first))
        following = self._keyframes[1] if len(self._keyframes) > 1 else len(self._times)
        if first:  # cut out of something longer: leading pictures refer to what is missing
            begin = self._times[first]
            leading = (n for n in range(first + 1, following) if self._times[n] < begin)
            self._hidden.update(leading)


def _set_id(codec: str, kind: int, unit: bytes) -> int:
    """A set's own number, where it is easily read; sets of HEVC are all taken for one."""
    if codec != nal.H264:
        return 0 if kind != nal.HEVC_PPS else nal.Bits(unit[2:10]).number()
    if kind == nal.H264_SPS:
        return nal.Bits(unit[4:12]).number()
    return nal.Bits(unit[1:9]).number()


def _spread(count: int, tick: Fraction, stream: VideoStream) -> array[int]:
    """Times at the declared rate."""
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    return array("q", (round(number / Fraction(rate) / tick) for number in range(count)))


class SoundStart:
    """When the first sound of a track is heard, which its first packets do not always tell.

    A decoder may need a packet or two before it gives sound, and drops what an edit list or the
    codec's own delay says is none.
    """

    def __init__(self, stream: AudioStream) -> None:
        self._stream, self._tried = stream, 0
        self.us: int | None = None
        self.has_decoder = decoder_of(stream) is not None

    def add(self, packet: Packet[Stream]) -> None:
        """The next packet; nothing more is decoded once sound has come."""
        if self.us is not None or not self.has_decoder or self._tried >= TRIED:
            return
        self._tried += 1
        try:
            frames = self._stream.codec_context.decode(packet)
        except av.error.FFmpegError:
            return
        for frame in frames:
            if frame.pts is not None and frame.time_base is not None and frame.samples:
                self.us = round(frame.pts * frame.time_base * SECOND_US)
                return


class IndexCollector:
    """Makes the index of a source while its packets are read for the probe."""

    def __init__(self, streams: Sequence[tuple[Stream, Kind]]) -> None:
        self._kinds = {stream.index: kind for stream, kind in streams}
        self.films = {
            stream.index: FilmCollector(stream)
            for stream, kind in streams
            if kind is Kind.VIDEO and isinstance(stream, VideoStream)
        }
        self._sounds = {
            stream.index: SoundStart(stream)
            for stream, kind in streams
            if kind is Kind.AUDIO and isinstance(stream, AudioStream)
        }

    def add(self, packet: Packet[Stream]) -> None:
        """The next packet of the file."""
        film, sound = self.films.get(packet.stream_index), self._sounds.get(packet.stream_index)
        if film:
            film.add(packet)
        if sound:
            sound.add(packet)

    def index(self, picture: VideoFrame | None, spans: Sequence[TrackSpan]) -> Index | None:
        """The whole index; None where no film has a picture with a time.

        `spans` are the tracks by the times of their packets, as timestamps of the file.
        """
        spans = [self._heard(span) for span in spans]
        films = [film.index(picture, 0) for film in self.films.values()]
        main, *others = films
        if not len(main):
            return None
        shown = {each.stream: each for each in films if len(each)}
        tracks = [
            _shown_span(span, shown[span.stream], self.films[span.stream].tells_lengths)
            if span.stream in shown
            else span
            for span in spans
        ]
        lasting = [span for span in tracks if span.kind in ("video", "audio") and not span.note]
        origin_us = min(span.start_us for span in lasting)
        return Index(
            films=tuple(
                self.films[each.stream].index(picture, origin_us)
                for each in [main, *(each for each in others if len(each) > 1)]
            ),
            tracks=tuple(_moved(span, -origin_us) for span in tracks),
            origin_us=origin_us,
            end_us=max(span.end_us for span in lasting) - origin_us,
        )

    def _heard(self, span: TrackSpan) -> TrackSpan:
        sound = self._sounds.get(span.stream)
        if sound is None:
            return span
        if sound.us is None:
            return replace(span, note=NO_DECODER)
        return replace(span, start_us=sound.us, end_us=max(sound.us, span.end_us))


def _shown_span(span: TrackSpan, film: FilmIndex, tells_lengths: bool) -> TrackSpan:
    """From its first picture to the end of its last, as far as packets tell how long that stays."""
    # A second film of one picture is a cover that was stored as a film.
    note = "" if len(film) > 1 else PICTURE_TRACK
    start, last = film.to_us(film.shown_at[0]), film.to_us(film.shown_at[-1])
    end = span.end_us if span.end_us > last and tells_lengths else last + film.to_us(film.usual_gap)
    return replace(span, start_us=start, end_us=end, note=note)


def _moved(span: TrackSpan, by_us: int) -> TrackSpan:
    return replace(span, start_us=span.start_us + by_us, end_us=span.end_us + by_us)

"""The join: all tracks of a result into one MP4, written once. Child processes only.

The space for the index at the beginning is reserved, so nothing is moved about at the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition, Stream

from videos.media.cutting import nal, text_track
from videos.media.cutting.encode import GLOBAL_HEADER
from videos.media.cutting.film_track import FilmTrack
from videos.media.cutting.sound import CopiedSound, EncodedSound
from videos.media.cutting.text_track import Text

# What a packet takes in the index, at most: duration, offset of time, size, place, chunk, sync.
PICTURE_BYTES, SOUND_BYTES, TEXT_BYTES = 40, 32, 32
TRACK_BYTES, HEAD_BYTES = 1500, 4000
SOUND_BIT_RATE = 96_000
_MILLISECOND = Fraction(1, 1000)
# What libav's timed text encoder wants to know of styles; https://ffmpeg.org/doxygen/trunk/movtextenc_8c.html
_STYLES = b"""[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True, slots=True)
class Named:
    """What a track is called: its language (three letters) and title."""

    language: str = ""
    title: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class FilmPart:
    """A film of the result."""

    track: FilmTrack
    width: int
    height: int
    pix_fmt: str
    named: Named = Named()
    timecode: str = ""


@dataclass(frozen=True, slots=True)
class SoundPart:
    """A sound track of the result."""

    track: CopiedSound | EncodedSound
    named: Named = Named()


@dataclass(frozen=True, slots=True)
class TextPart:
    """A caption track of the result."""

    texts: Sequence[Text]
    named: Named = Named()


@dataclass(frozen=True, slots=True)
class Chapter:
    """From when to when a chapter lasts, milliseconds of the result."""

    start_ms: int
    end_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything of a result."""

    films: Sequence[FilmPart]
    sounds: Sequence[SoundPart] = ()
    texts: Sequence[TextPart] = ()
    chapters: Sequence[Chapter] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


Timed = tuple[int, int, "Packet[Stream]"]
"""A packet behind its decode time in nanoseconds and its stream, by which all are sorted."""


def join(parts: Parts, out: Path, on_picture: Callable[[int, int], None]) -> None:
    """Write the result; `on_picture` gets how many pictures are written and the bytes so far."""
    options = {
        "moov_size": str(_index_bytes(parts)),
        "avoid_negative_ts": "disabled",
        "use_editlist": "1",
        # Where a track begins late is told in this clock: milliseconds would move pictures.
        "movie_timescale": "90000",
    }
    with av.open(f"file:{out}", "w", format="mp4", container_options=options) as container:
        streams = list(_streams(container, parts))
        container.metadata.update(parts.metadata)
        if parts.chapters:
            container.set_chapters([_chapter(number, c) for number, c in enumerate(parts.chapters)])
        container.start_encoding()
        pictures = written = 0
        for _, number, packet in heapq.merge(*(_timed(*each) for each in enumerate(streams))):
            is_picture = number < len(parts.films)
            written += packet.size
            container.mux_one(packet)
            pictures += is_picture
            on_picture(pictures, written)


def _chapter(number: int, chapter: Chapter) -> av.container.Chapter:
    return {
        "id": number,
        "start": chapter.start_ms,
        "end": chapter.end_ms,
        "time_base": _MILLISECOND,
        "metadata": {"title": chapter.title},
    }


def _streams(
    container: OutputContainer, parts: Parts
) -> Iterator[tuple[Stream, Iterable[tuple[int, int, int, bool, bytes]], Fraction]]:
    """Each stream with its packets (time, decode time, length, key, data) and their tick."""
    for film in parts.films:
        stream = _film_stream(container, film)
        yield stream, _film_packets(film.track), film.track.plan.tick
    for sound in parts.sounds:
        yield _sound(container, sound)
    for text in parts.texts:
        stream = _text_stream(container)
        _name(stream, text.named)
        yield stream, _text_packets(text), _MILLISECOND


def _film_stream(container: OutputContainer, part: FilmPart) -> Stream:
    track = part.track
    if track.codec == track.stream.codec_context.codec.canonical_name:
        stream = container.add_stream_from_template(track.stream, opaque=True)
        stream.codec_context.extradata = track.extradata
    else:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = part.width, part.height, part.pix_fmt
        context = stream.codec_context
        context.time_base, context.framerate = track.plan.tick, Fraction(25)
        context.sample_aspect_ratio = track.stream.sample_aspect_ratio or Fraction(1)
        context.flags |= GLOBAL_HEADER
        context.open()
        context.extradata = track.extradata
    stream.time_base = track.plan.tick
    if track.codec == nal.HEVC:
        # Apple's players want hvc1 (https://trac.ffmpeg.org/wiki/Encode/H.265#FinalCutandAppleStuffCompatibility).
        stream.codec_context.codec_tag = "hvc1"
    _name(stream, part.named)
    if part.timecode:
        stream.metadata["timecode"] = part.timecode
    return stream


def _sound(
    container: OutputContainer, part: SoundPart
) -> tuple[Stream, Iterable[tuple[int, int, int, bool, bytes]], Fraction]:
    track, tick = part.track, Fraction(1, part.track.rate)
    if isinstance(track, CopiedSound):
        stream = container.add_stream_from_template(track.stream, opaque=True)
        stream.codec_context.extradata = track.extradata
        packets = track.packets()
    else:
        stream = container.add_stream("aac", rate=track.rate)
        context = stream.codec_context
        context.layout, context.format = track.layout, "fltp"
        context.bit_rate = SOUND_BIT_RATE * max(1, context.channels)
        context.flags |= GLOBAL_HEADER
        context.open()
        packets = track.packets(context)
    stream.time_base = tick
    _name(stream, part.named)
    return stream, ((p.time, p.time, p.samples, True, p.data) for p in packets), tick


def _text_stream(container: OutputContainer) -> Stream:
    stream = container.add_stream("mov_text")
    context = stream.codec_context
    context.subtitle_header = _STYLES
    context.time_base = _MILLISECOND
    context.open()
    stream.time_base = _MILLISECOND
    return stream


def _name(stream: Stream, named: Named) -> None:
    if named.language:
        stream.metadata["language"] = named.language
    if named.title:
        stream.metadata["title"] = named.title
    stream.disposition = Disposition.default if named.is_default else Disposition(0)


def _film_packets(track: FilmTrack) -> Iterator[tuple[int, int, int, bool, bytes]]:
    """Each with how long its picture stays, the last one to the result's end."""
    times = track.plan.times
    stays = dict(zip(times, (*times[1:], track.plan.end), strict=True))
    for packet in track.packets():
        length = max(1, stays[packet.time] - packet.time)
        yield packet.time, packet.decode_time, length, packet.is_key, packet.data


def _text_packets(part: TextPart) -> Iterator[tuple[int, int, int, bool, bytes]]:
    for packet in text_track.packets(part.texts):
        yield packet.time, packet.time, packet.length, True, packet.data


def _timed(
    number: int,
    stream: tuple[Stream, Iterable[tuple[int, int, int, bool, bytes]], Fraction],
) -> Iterator[Timed]:
    """Packets with what sorts them among those of other tracks."""
    out, packets, tick = stream
    # Whole numbers: fractions would take most of the time of a long copy.
    scale, parts = tick.numerator * 10**9, tick.denominator
    for time, decode_time, length, is_key, data in packets:
        packet = Packet(data)
        packet.stream, packet.time_base = out, tick
        packet.pts, packet.dts, packet.duration = time, decode_time, length
        packet.is_keyframe = is_key
        yield decode_time * scale // parts, number, packet


def _index_bytes(parts: Parts) -> int:
    pictures = sum(film.track.count for film in parts.films) * PICTURE_BYTES
    seconds = float(max(film.track.plan.end * film.track.plan.tick for film in parts.films))
    # The shortest packets that people bring hold 2.5 ms (Opus), all others 1,024 samples or so.
    sounds = sum(seconds * _packets_a_second(sound) for sound in parts.sounds) * SOUND_BYTES
    texts = sum(2 * len(text.texts) + 2 for text in parts.texts) * TEXT_BYTES
    tracks = (len(parts.films) + len(parts.sounds) + len(parts.texts) + 1) * TRACK_BYTES
    words = sum(len(chapter.title.encode()) + 40 for chapter in parts.chapters)
    words += sum(len(key) + len(value.encode()) + 60 for key, value in parts.metadata.items())
    sets = sum(len(film.track.extradata) for film in parts.films)
    return round(HEAD_BYTES + pictures + sounds + texts + tracks + words + sets)


def _packets_a_second(part: SoundPart) -> float:
    track = part.track
    if track.codec == "opus":
        return 400
    return track.rate / 1024 * (1 if track.codec == "aac" else 4) + 10

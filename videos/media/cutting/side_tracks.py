"""What goes along with films and sound: captions, chapters, timecode, names.

Runs in child processes only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer

from videos.media.cutting import copyable, join, text_track, timecode
from videos.media.cutting.index import SECOND_US, Index
from videos.media.cutting.reading import only
from videos.media.cutting.spec import CaptionFile, Spec
from videos.media.cutting.text_track import Text
from videos.media.cutting.timeline import Segment
from videos.media.jobs.prepare_subtitles import File, shown
from videos.media.probe.describe import decoder_of
from videos.media.probe.opening import open_media

_TAGS = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_LAST_OF_ASS = 8
_MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class SideTracks:
    """What goes along."""

    texts: Sequence[join.TextPart] = ()
    chapters: Sequence[join.Chapter] = ()
    timecode: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def read(source: Path, index: Index, spec: Spec, segments: Sequence[Segment]) -> SideTracks:
    """All of it for a result of these segments."""
    length_us = sum(segment.length_us for segment in segments)
    with open_media(source) as container:
        film = container.streams[index.film.stream]
        metadata = dict(container.metadata)
        code = _timecode_of(container, index)
        chapters = list(_chapters(container, index, segments))
        rate = getattr(film, "average_rate", None)
    if spec.chapters is not None:
        chapters = list(_own_chapters(spec.chapters, length_us))
    kept = metadata if spec.metadata == "keep" else {}
    texts = list(_present(source, index, spec, segments)) if spec.keeps_captions else []
    texts += [_attached(file, index, segments, n) for n, file in enumerate(spec.attached)]
    return SideTracks(
        texts=texts,
        chapters=chapters,
        timecode=timecode.advanced(code, rate, segments[0].start_us) if code and rate else "",
        metadata={key: value for key, value in kept.items() if key not in _WRITTEN},
    )


# What the muxer writes of its own.
_WRITTEN = {"major_brand", "minor_version", "compatible_brands", "encoder", "timecode"}


def _timecode_of(container: InputContainer, index: Index) -> str:
    found = (stream.metadata.get("timecode") for stream in container.streams)
    return next((code for code in found if code), container.metadata.get("timecode", ""))


def _chapters(
    container: InputContainer, index: Index, segments: Sequence[Segment]
) -> Iterator[join.Chapter]:
    """The source's own: clipped, moved, and those outside dropped."""
    texts = []
    for chapter in container.chapters():
        tick = chapter["time_base"] or _MILLISECOND
        start, end = (
            round(int(chapter[mark]) * tick * 1000 - Fraction(index.origin_us, 1000))
            for mark in ("start", "end")
        )
        texts.append(Text(start, end, str(chapter["metadata"].get("title", ""))))
    for text in text_track.moved(texts, segments):
        yield join.Chapter(text.start_ms, text.end_ms, text.text)


def _own_chapters(chapters: Sequence[tuple[float, str]], length_us: int) -> Iterator[join.Chapter]:
    """Chapters that are asked for, each to the next one's beginning."""
    length = length_us / SECOND_US
    marks = sorted((at, title) for at, title in chapters if at < length)
    ends = [*(at for at, _ in marks[1:]), length][: len(marks)]
    for (at, title), end in zip(marks, ends, strict=True):
        if end > at:
            yield join.Chapter(round(at * 1000), round(end * 1000), title)


def _attached(
    file: CaptionFile, index: Index, segments: Sequence[Segment], number: int
) -> join.TextPart:
    cues = shown(File(Path(file.path), file.encoding), index.end_us // 1000)
    texts = [Text(cue.start_ms, cue.end_ms, cue.plain) for cue in cues]
    named = join.Named(file.language, is_default=not number)
    return join.TextPart(text_track.moved(texts, segments), named)


def _present(
    source: Path, index: Index, spec: Spec, segments: Sequence[Segment]
) -> Iterator[join.TextPart]:
    """The source's own caption tracks, as far as they are text."""
    for span in index.of_kind("subtitle"):
        if span.codec not in copyable.TEXTS:
            continue
        with open_media(source) as container:
            texts = list(_texts(container, span.stream, span.codec, index.origin_us))
        names = spec.names.get(str(span.stream), {})
        named = join.Named(names.get("language", ""), names.get("title", ""))
        yield join.TextPart(text_track.moved(texts, segments), named)


def _texts(container: InputContainer, stream: int, codec: str, origin_us: int) -> Iterator[Text]:
    track = only(container, stream)
    if decoder_of(track) is None:
        return
    for packet in container.demux(track):
        if not packet.size or packet.pts is None or packet.time_base is None:
            continue
        start = packet.pts * packet.time_base * 1000 - Fraction(origin_us, 1000)
        length = (packet.duration or 0) * packet.time_base * 1000
        text = _text_of(bytes(packet), codec).strip()
        if text and length > 0:
            yield Text(round(start), round(start + length), text)


def _text_of(data: bytes, codec: str) -> str:
    if codec == "mov_text":
        return text_track.read(data)
    text = data.decode("utf-8", "replace")
    if codec in ("ass", "ssa"):
        text = text.split(",", _LAST_OF_ASS)[-1].replace("\\N", "\n").replace("\\n", "\n")
    return _plain(text)


def _plain(text: str) -> str:
    return html.unescape(_TAGS.sub("", text))

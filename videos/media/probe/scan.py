"""Read every packet of a file with PyAV. Runs in child processes only.

What containers say of themselves is often wrong or missing, so the packets decide: how long, which
keyframes, how regular.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from videos.media.cutting.index import Index, TrackSpan
from videos.media.cutting.indexing import IndexCollector
from videos.media.ffmpeg.errors import BadMedia, Encrypted, NotAVideo, NoVideoTrack, Truncated
from videos.media.ffmpeg.progress import Report
from videos.media.jobs.child import Reporter
from videos.media.probe import describe, summary
from videos.media.probe.model import Kind, Probe
from videos.media.probe.opening import first_picture, inspect, open_media
from videos.media.probe.packet_totals import Tally
from videos.media.probe.summary import Scanned

PACKETS_PER_REPORT = 256
PROTECTED_TAGS = frozenset({"encv", "drmi"})


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan finds: the summary, and the index where there is a film to cut."""

    probe: Probe
    index: Index | None


def scan(path: Path, *, need_video: bool) -> Probe:
    """What is in the file. With `need_video`, raise where it holds no film that can be decoded."""
    return scan_with_index(path, need_video=need_video).probe


def scan_with_index(path: Path, *, need_video: bool) -> Scan:
    """The same with the index that cutting needs, in one read."""
    head, boxes = inspect(path)
    with open_media(path) as container:
        streams = [_unscanned(stream) for stream in container.streams]
        video = next((each for each in streams if each.kind is Kind.VIDEO), None)
        if need_video and video is None:
            raise NoVideoTrack if streams else NotAVideo
        collector = IndexCollector([(each.stream, each.kind) for each in streams])
        read_packets(container, streams, collector)
        if need_video and video and not video.tally.frames:
            raise Truncated if boxes and boxes.cut else NotAVideo
        picture = _probe_picture(path, video) if video else None
        if need_video and picture is None:
            raise BadMedia({"detail": "no frame can be decoded"})
        result = summary.ScanResult(
            container=container,
            streams=tuple(streams),
            picture=picture,
            head=head,
            boxes=boxes,
            bytes=path.stat().st_size,
        )
        index = collector.index(picture, _spans(streams)) if collector.films else None
        return Scan(summary.probe_of(result), index)


def _spans(streams: list[Scanned]) -> list[TrackSpan]:
    return [
        TrackSpan(
            each.stream.index,
            each.kind.value,
            each.tally.start_us or 0,
            _end_of(each),
            decoder.codec.canonical_name if (decoder := describe.decoder_of(each.stream)) else "",
        )
        for each in streams
    ]


def _end_of(scanned: Scanned) -> int:
    """By its packets; an MP4 says how much of the last one is played."""
    end_us, stream = scanned.tally.end_us or 0, scanned.stream
    if not stream.container.format.name.startswith("mov") or not stream.duration:
        return end_us
    told_us = scanned.tally.to_us((stream.start_time or 0) + stream.duration)
    if scanned.kind is Kind.AUDIO:
        return min(end_us, told_us)
    # The last picture of uneven films, whose packets tell the distance of decode times.
    return max(end_us, told_us) if scanned.kind is Kind.VIDEO else end_us


def read_packets(
    container: InputContainer, streams: list[Scanned], collector: IndexCollector
) -> None:
    """Add every packet to what collects; reading ends where the file is damaged."""
    reporter, begin_us = Reporter(), container.start_time or 0
    tallies = {each.stream.index: each.tally for each in streams}
    unchecked = {each.stream.index for each in streams if each.kind is Kind.VIDEO}
    for number, packet in enumerate(_packets(container), 1):
        index = packet.stream_index
        if index in unchecked:
            unchecked.remove(index)
            _refuse_protected(packet)
        _add(packet, tallies[index])
        collector.add(packet)
        if not number % PACKETS_PER_REPORT:
            reporter.report(_report(number, packet, tallies[index], begin_us))


def _packets(container: InputContainer) -> Iterator[Packet[Stream]]:
    """Packets with data in them.

    IndexError is how PyAV ends after streams that turned up in mid-file; all has been read then.
    """
    with contextlib.suppress(av.error.FFmpegError, IndexError):
        yield from (packet for packet in container.demux() if packet.size)


def _add(packet: Packet[Stream], tally: Tally) -> None:
    tally.add(
        packet.dts if packet.pts is None else packet.pts,
        packet.duration or 0,
        packet.size,
        -1 if packet.pos is None else packet.pos,
        key=packet.is_keyframe,
        hidden=packet.is_discard,
    )


def _report(number: int, packet: Packet[Stream], tally: Tally, begin_us: int) -> Report:
    stamp = packet.pts or packet.dts or 0
    return Report(
        frame=number, bytes=max(packet.pos or 0, 0), out_time_us=tally.to_us(stamp) - begin_us
    )


def _unscanned(stream: Stream) -> Scanned:
    kind = describe.kind_of(stream)
    return Scanned(stream, kind, Tally(stream.time_base, timed=kind is Kind.VIDEO))


def _refuse_protected(packet: Packet[Stream]) -> None:
    decoder = describe.decoder_of(packet.stream)
    tag = decoder.codec_tag if decoder else ""
    if tag in PROTECTED_TAGS or packet.has_sidedata("encryption_info"):
        raise Encrypted


def _probe_picture(path: Path, video: Scanned) -> VideoFrame | None:
    """One decoded picture: only it knows how it must be turned."""
    with open_media(path) as container:
        stream = next(each for each in container.streams.video if each.index == video.stream.index)
        return first_picture(container, stream)

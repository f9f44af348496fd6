"""Read every packet of a file with PyAV. Runs in child processes only.

What containers say of themselves is often wrong or missing, so the packets decide: how long, which
keyframes, how regular.
"""

from __future__ import annotations

import time
from pathlib import Path

import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from videos.ffmpeg import describe, summary
from videos.ffmpeg.child import REPORT_SECONDS, Reporter
from videos.ffmpeg.errors import (
    BadMedia,
    Encrypted,
    NotAVideo,
    NoVideoTrack,
    Truncated,
)
from videos.ffmpeg.media import Kind, Probe
from videos.ffmpeg.opening import first_picture, inspect, open_media
from videos.ffmpeg.progress import Report
from videos.ffmpeg.summary import Scanned
from videos.ffmpeg.tally import Tally

PROTECTED_TAGS = frozenset({"encv", "drmi"})


def scan(path: Path, *, need_video: bool) -> Probe:
    """What is in the file. With `need_video`, raise where it holds no film that can be decoded."""
    head, boxes = inspect(path)
    with open_media(path) as container:
        streams = [_unscanned(stream) for stream in container.streams]
        video = next((each for each in streams if each.kind is Kind.VIDEO), None)
        if need_video and video is None:
            raise NoVideoTrack if streams else NotAVideo
        read_packets(container, streams)
        if need_video and video and not video.tally.frames:
            raise Truncated if boxes and boxes.cut else NotAVideo
        picture = _look(path, video) if video else None
        if need_video and picture is None:
            raise BadMedia({"detail": "none of its pictures can be decoded"})
        found = summary.Found(
            container=container,
            streams=tuple(streams),
            picture=picture,
            head=head,
            boxes=boxes,
            bytes=path.stat().st_size,
        )
        return summary.probe_of(found)


def read_packets(container: InputContainer, streams: list[Scanned]) -> None:
    """Add every packet to the tally of its stream; reading ends where the file is damaged."""
    reporter, packets, due = Reporter(), 0, 0.0
    by_index = {each.stream.index: each.tally.add for each in streams}
    protected = {each.stream.index for each in streams if each.kind is Kind.VIDEO}
    try:
        for packet in container.demux():
            index, size = packet.stream_index, packet.size
            if not size:
                continue  # the end of a stream
            if index in protected:
                protected.remove(index)
                _refuse_protected(packet)
            stamp = packet.dts if packet.pts is None else packet.pts
            position = -1 if packet.pos is None else packet.pos
            by_index[index](
                stamp,
                packet.duration or 0,
                size,
                position,
                key=packet.is_keyframe,
                hidden=packet.is_discard,
            )
            packets += 1
            if not packets % 256 and time.monotonic() >= due:
                due = time.monotonic() + REPORT_SECONDS
                reporter.report(Report(frame=packets, bytes=max(position, 0)))
    except (av.error.FFmpegError, IndexError):
        # IndexError: how PyAV ends after streams that turned up in mid-file; all has been read.
        return


def _unscanned(stream: Stream) -> Scanned:
    kind = describe.kind_of(stream)
    return Scanned(stream, kind, Tally(stream.time_base, timed=kind is Kind.VIDEO))


def _refuse_protected(packet: Packet[Stream]) -> None:
    decoder = describe.decoder_of(packet.stream)
    tag = decoder.codec_tag if decoder else ""
    if tag in PROTECTED_TAGS or packet.has_sidedata("encryption_info"):
        raise Encrypted


def _look(path: Path, video: Scanned) -> VideoFrame | None:
    """One decoded picture: only it knows how it must be turned."""
    with open_media(path) as container:
        stream = next(each for each in container.streams.video if each.index == video.stream.index)
        return first_picture(container, stream)

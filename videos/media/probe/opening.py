"""Open a stranger's file with PyAV, or say why not."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from videos.media.ffmpeg.command import AV_OPTIONS, MAX_PIXELS, MAX_STREAMS, file_url
from videos.media.ffmpeg.errors import (
    EmptyFile,
    ForbiddenFormat,
    NotAVideo,
    TooLargePicture,
    TooManyStreams,
    Truncated,
)
from videos.media.probe import sniff
from videos.media.probe.describe import decoder_of, size_of

PACKETS_TRIED = 2000


def inspect(path: Path) -> tuple[bytes, sniff.Boxes | None]:
    """The head and the outer boxes of the file; refuses what its bytes alone rule out."""
    head = sniff.head_of(path)
    if not head:
        raise EmptyFile
    if sniff.is_list(head):
        raise ForbiddenFormat
    boxes = sniff.boxes_of(path, head)
    if boxes and not boxes.indexed:
        raise Truncated
    return head, boxes


def open_media(path: Path, **options: str) -> InputContainer:
    """The opened file; its formats, streams and picture sizes are within our limits."""
    try:
        container = av.open(
            file_url(path), "r", options={**AV_OPTIONS, **options}, metadata_errors="replace"
        )
    except av.error.MemoryError as error:  # how the demuxers say "more than max_streams"
        raise TooManyStreams({"limit": MAX_STREAMS}) from error
    except (av.error.FFmpegError, UnicodeError) as error:
        raise NotAVideo from error
    try:
        _refuse_excess(container)
    except (TooManyStreams, TooLargePicture):
        container.close()
        raise
    return container


def first_picture(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    """The next picture that can be decoded from where `container` stands; None if none can."""
    if decoder_of(stream) is None:
        return None
    context = stream.codec_context
    if not context.is_open:
        context.options = {"max_pixels": str(MAX_PIXELS)}
        context.thread_count = 1
    from_keyframe = itertools.dropwhile(
        lambda packet: not packet.is_keyframe, _packets(container, stream)
    )
    for packet in itertools.islice(from_keyframe, PACKETS_TRIED):
        pictures = _decoded(stream, packet)
        if not pictures and packet.is_keyframe and not packet.is_discard:
            # Held back for reordering: ask for it, or a whole group of pictures is decoded for it.
            pictures = _decoded(stream, None)
            context.flush_buffers()
        if pictures:
            return pictures[0]
    return None


def pictures(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Every picture that can be decoded from where `container` stands, to the end."""
    if decoder_of(stream) is None:
        return
    with contextlib.suppress(av.error.FFmpegError, IndexError):  # it ends where it is damaged
        for packet in container.demux(stream):
            yield from _decoded(stream, packet if packet.size else None)


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Packets with data in them; reading ends where the file is damaged."""
    with contextlib.suppress(av.error.FFmpegError, IndexError):
        yield from (packet for packet in container.demux(stream) if packet.size)


def _decoded(stream: VideoStream, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
    try:
        return stream.codec_context.decode(packet)
    except av.error.FFmpegError:
        return []


def _refuse_excess(container: InputContainer) -> None:
    if len(container.streams) > MAX_STREAMS:
        raise TooManyStreams({"limit": MAX_STREAMS})
    for stream in container.streams.video:
        width, height = size_of(stream)
        if width * height > MAX_PIXELS:
            raise TooLargePicture({"width": width, "height": height, "limit": MAX_PIXELS})

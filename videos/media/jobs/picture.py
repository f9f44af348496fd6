"""Draw and look at single pictures with PyAV. Runs in child processes only."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
from av.codec import CodecContext
from av.container import InputContainer
from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from videos.media.ffmpeg.errors import BadMedia, BadOutput, NoVideoTrack
from videos.media.probe.describe import clockwise, kind_of, pixel_shape
from videos.media.probe.model import Kind, Probe, StreamInfo
from videos.media.probe.opening import first_picture, inspect, open_media

IMAGE_FORMATS = "jpeg_pipe,png_pipe,webp_pipe,gif,webp_anim,apng"


@dataclass(frozen=True, slots=True)
class Style:
    """How a picture file is written: its encoder and the colours that it takes."""

    encoder: str
    pix_fmt: str
    levels: str
    options: Mapping[str, str]


# A JPEG's quantiser goes from 2 (best) to 31, WebP's quality up to 100.
# https://ffmpeg.org/ffmpeg-codecs.html#Video-Encoders
POSTER = Style("mjpeg", "yuvj420p", "full", {"qmin": "4", "qmax": "4"})
STYLES = {
    "jpeg": Style("mjpeg", "yuvj420p", "full", {"qmin": "3", "qmax": "3"}),
    "png": Style("png", "rgb24", "full", {}),
    "webp": Style("libwebp", "yuv420p", "limited", {"quality": "85"}),
}
# By the clockwise degrees to turn. https://ffmpeg.org/ffmpeg-filters.html#transpose-1
_TURNS = {
    90: (("transpose", "clock"),),
    180: (("hflip", ""), ("vflip", "")),
    270: (("transpose", "cclock"),),
}


def draw(source: Path, out: Path, *, at: float, width: int) -> None:
    """Write the keyframe at or before `at` seconds as a JPEG of at most `width` pixels."""
    write(out, encode(shown(*_keyframe(source, at), width)))


def write(out: Path, content: bytes) -> None:
    """Write a picture file whole or not at all."""
    partial = out.with_name(f"{out.name}.partial")
    partial.write_bytes(content)
    partial.replace(out)


def probe_picture(path: Path) -> Probe:
    """What a picture file holds: one decoded picture."""
    try:
        # By content alone: a name picks a demuxer that reads patterns for many files.
        content = io.BytesIO(path.read_bytes())
        with av.open(content, "r", options={"format_whitelist": IMAGE_FORMATS}) as container:
            stream = container.streams.video[0]
            picture = first_picture(container, stream)
            codec = stream.codec_context.codec.canonical_name
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise BadOutput({"detail": "no picture"}) from error
    if picture is None:
        raise BadOutput({"detail": "a frame that cannot be decoded"})
    info = StreamInfo(
        0, Kind.PICTURE, codec=codec, width=picture.width, height=picture.height, frames=1
    )
    return Probe(
        bytes=path.stat().st_size,
        container=codec,
        width=picture.width,
        height=picture.height,
        streams=(info,),
    )


def encode(picture: VideoFrame, style: Style = POSTER) -> bytes:
    """A picture file; `picture` has the colours of `style`."""
    encoder = cast("VideoCodecContext", CodecContext.create(style.encoder, "w"))
    encoder.width, encoder.height = picture.width, picture.height
    encoder.pix_fmt, encoder.time_base = style.pix_fmt, Fraction(1, 25)
    encoder.options = dict(style.options)
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])


def first_film(container: InputContainer) -> VideoStream:
    """The stream that is shown: the first that is no cover picture."""
    films = (each for each in container.streams.video if kind_of(each) is Kind.VIDEO)
    stream = next(films, None)
    if stream is None:
        raise NoVideoTrack
    return stream


def _keyframe(source: Path, at: float) -> tuple[VideoFrame, Fraction]:
    """The keyframe at or before `at`, else the first of the file; and the shape of its pixels."""
    inspect(source)
    for target in (at, None):
        with open_media(source) as container:
            stream = first_film(container)
            if target:
                _seek(container, target)
            picture = first_picture(container, stream)
            if picture is not None:
                return picture, pixel_shape(stream)
    raise BadMedia({"detail": "no frame can be decoded"})


def _seek(container: InputContainer, seconds: float) -> None:
    start: int | None = container.start_time
    with contextlib.suppress(av.error.FFmpegError):  # a file without an index: stay at the start
        container.seek((start or 0) + round(seconds * 1_000_000))


def shown(picture: VideoFrame, shape: Fraction, width: int, style: Style = POSTER) -> VideoFrame:
    """At most `width` wide, with square pixels, upright, in the colours of `style`."""
    rotation = clockwise(picture)
    across, down = round(picture.width * shape), picture.height
    shown_across = down if rotation % 180 else across
    scale = min(1.0, width / shown_across)
    sides = f"{_even(across * scale)}:{_even(down * scale)}"
    filters = [
        ("scale", f"{sides}:out_color_matrix=bt601:out_range={style.levels}"),
        *_TURNS.get(rotation, ()),
        ("format", style.pix_fmt),
        ("buffersink", ""),
    ]
    graph = Graph()
    nodes = [
        graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=picture.time_base or Fraction(1, 1000),
        ),
        *(graph.add(name, arguments) for name, arguments in filters),
    ]
    graph.link_nodes(*nodes).configure()
    graph.vpush(picture)
    return graph.vpull()


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)

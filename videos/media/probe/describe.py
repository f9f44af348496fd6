"""What PyAV knows of a container and its streams, in our words."""

from __future__ import annotations

from fractions import Fraction

from av.audio.stream import AudioStream
from av.codec import CodecContext
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from videos.media.probe import sniff
from videos.media.probe.model import Kind, StreamInfo
from videos.media.probe.packet_totals import Tally

MAX_TEXT = 200
RATE_TOLERANCE = Fraction(1, 10)
_KINDS = {"video": Kind.VIDEO, "audio": Kind.AUDIO, "subtitle": Kind.SUBTITLE}


def kind_of(stream: Stream) -> Kind:
    """What the stream holds; a cover picture is no video."""
    if stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails):
        return Kind.PICTURE
    if stream.type == "attachment":
        return Kind.ATTACHMENT
    return _KINDS.get(stream.type, Kind.DATA)


def container_name(container: InputContainer, head: bytes) -> str:
    """ffmpeg's demuxers serve families; the name of the member."""
    family = container.format.name
    if family.startswith("mov,"):
        return "mov" if container.metadata.get("major_brand", "qt").strip() == "qt" else "mp4"
    if family.startswith("matroska"):
        return "webm" if sniff.is_webm(head) else "matroska"
    return family.split(",")[0]


def stream_info(stream: Stream, kind: Kind, tally: Tally) -> StreamInfo:
    """One stream, with what its packets add up to."""
    video = stream if isinstance(stream, VideoStream) else None
    audio = stream if isinstance(stream, AudioStream) else None
    duration_us = duration_of(stream, tally)
    rate = _rate(stream, tally, duration_us) if video and kind is Kind.VIDEO else Fraction(0)
    width, height = size_of(video) if video else (0, 0)
    codec = decoder_of(stream)
    return StreamInfo(
        index=stream.index,
        kind=kind,
        codec=codec.codec.canonical_name if codec else "",
        profile=(stream.profile or "") if codec else "",
        width=width,
        height=height,
        pix_fmt=(video.pix_fmt or "") if video and codec else "",
        fps_num=rate.numerator,
        fps_den=rate.denominator,
        sample_rate=(audio.sample_rate or 0) if audio and codec else 0,
        channels=(audio.channels or 0) if audio and codec else 0,
        language=_language(stream),
        title=_text(stream.metadata.get("title")),
        default=bool(stream.disposition & Disposition.default),
        frames=tally.frames,
        duration_us=duration_us,
        bit_rate=tally.bytes * 8_000_000 // duration_us if duration_us else None,
    )


def decoder_of(stream: Stream) -> CodecContext | None:
    """Its decoder; PyAV leaves the attribute empty for codecs that libav does not know."""
    decoder: CodecContext | None = getattr(stream, "codec_context", None)
    return decoder


def size_of(stream: VideoStream) -> tuple[int, int]:
    """Coded width and height; 0 where libav cannot decode it."""
    return getattr(stream, "width", 0) or 0, getattr(stream, "height", 0) or 0


def pixel_shape(stream: Stream) -> Fraction:
    """How wide a pixel is for its height."""
    return getattr(stream, "sample_aspect_ratio", None) or Fraction(1)


def clockwise(picture: VideoFrame) -> int:
    """Degrees to turn it clockwise for showing, in quarter turns (PyAV counts the other way)."""
    return round(-picture.rotation / 90) * 90 % 360


def duration_of(stream: Stream, tally: Tally) -> int:
    """Microseconds from its first packet to its last; by its frame rate without timestamps."""
    if tally.start_us is not None and tally.end_us is not None:
        return tally.end_us - tally.start_us
    rate = getattr(stream, "average_rate", None) or getattr(stream, "guessed_rate", None)
    return round(tally.frames * 1_000_000 / rate) if rate else 0


def _rate(stream: Stream, tally: Tally, duration_us: int) -> Fraction:
    """The declared rate that agrees with the packets; else what the packets say."""
    declared = [Fraction(rate) for rate in (stream.average_rate, stream.guessed_rate) if rate]
    if not duration_us:
        return next(iter(declared), Fraction(0))
    counted = Fraction(tally.frames * 1_000_000, duration_us)
    near = (rate for rate in declared if abs(rate - counted) < counted * RATE_TOLERANCE)
    return next(near, counted.limit_denominator(1001))


def _language(stream: Stream) -> str | None:
    code = _text(stream.metadata.get("language"))
    return None if code == "und" else code


def _text(value: str | None) -> str | None:
    """Bounded, and without the NUL that PostgreSQL refuses."""
    return value.replace("\0", "").strip()[:MAX_TEXT] or None if value else None

"""Which tracks of a source a result keeps, and how each gets into its container."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from videos.media.probe.model import Caution, Kind, StreamInfo
from videos.media.verify import Expected
from videos.operations.base import Source

# What an MP4 can hold and browsers can play from it (ffmpeg -h muxer=mp4; ISO/IEC 14496-12).
COPYABLE_VIDEO = {"h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mpeg1video"}
COPYABLE_AUDIO = {"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac", "mp2"}
TEXT_SUBTITLES = {"mov_text", "subrip", "ass", "ssa", "webvtt", "text"}
# Wall seconds on a 2-core machine: x264 veryfast handles about this many pixels a second.
PIXELS_PER_SECOND = 60_000_000
COPIED_BYTES_PER_SECOND = 150_000_000
REWRITTEN_BYTES_PER_SECOND = 600_000_000
START_SECONDS = 0.3


def films(source: Source) -> tuple[StreamInfo, ...]:
    """Its pictures, without covers."""
    return source.probe.of_kind(Kind.VIDEO)


def kept(source: Source) -> list[StreamInfo]:
    """Every track that an MP4 keeps: pictures, sound, and subtitles that are text."""
    return [
        info
        for info in source.probe.streams
        if info.kind in (Kind.VIDEO, Kind.AUDIO)
        or (info.kind is Kind.SUBTITLE and info.codec in TEXT_SUBTITLES)
    ]


def copied_pictures(tracks: Iterable[StreamInfo]) -> dict[str, Any]:
    """ffmpeg's options that copy pictures into an MP4."""
    options: dict[str, Any] = {"c:v": "copy"}
    if any(info.codec == "hevc" for info in tracks):
        # Apple's players want hvc1 (https://trac.ffmpeg.org/wiki/Encode/H.265#FinalCutandAppleStuffCompatibility).
        options["tag:v"] = "hvc1"
    return options


def copied_sound(tracks: Iterable[StreamInfo]) -> dict[str, Any]:
    """Sound is copied where it fits an MP4; other sound becomes AAC."""
    sounds = [info for info in tracks if info.kind is Kind.AUDIO]
    return {
        f"c:a:{number}": "copy" if info.codec in COPYABLE_AUDIO else "aac"
        for number, info in enumerate(sounds)
    }


ENCODER = "libx264 veryfast"
"""What encodes here, as learned speeds name it."""


def encoded_pictures() -> dict[str, Any]:
    """H.264 for an MP4, each frame at its own time.

    At an average rate, uneven ones would be moved or dropped
    (https://ffmpeg.org/ffmpeg.html#Advanced-options, -fps_mode and -enc_time_base).
    """
    return {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 20,
        "pix_fmt": "yuv420p",
        "fps_mode:v": "vfr",
        "enc_time_base:v": "demux",
    }


def encoding_seconds(source: Source, share: float = 1.0) -> float:
    """What encoding that share of the film costs."""
    film = films(source)[0]
    return START_SECONDS + film.frames * film.width * film.height * share / PIXELS_PER_SECOND


def copying_seconds(source: Source, share: float = 1.0) -> float:
    """What copying that share of the file costs."""
    return START_SECONDS + source.probe.bytes * share / COPIED_BYTES_PER_SECOND


def rewriting_seconds(source: Source, share: float = 1.0) -> float:
    """What making room for the index at the beginning of such a copy costs."""
    return source.probe.bytes * share / REWRITTEN_BYTES_PER_SECOND


def has_odd_sides(tracks: Sequence[StreamInfo]) -> bool:
    """4:2:0 pictures have even sides (https://trac.ffmpeg.org/wiki/Encode/H.264)."""
    return any(info.width % 2 or info.height % 2 for info in tracks)


def expected(source: Source, *, subtitle: int, video: int | None = None) -> Expected:
    """What a result of the whole film must hold."""
    sounds = len(source.probe.of_kind(Kind.AUDIO))
    # How long an uneven film's last picture stays is known by the sound alone.
    uneven = not sounds and Caution.VFR in source.probe.warnings
    return Expected(
        video=len(films(source)) if video is None else video,
        audio=sounds,
        subtitle=subtitle,
        duration_us=None if uneven else source.probe.duration_us,
    )

"""ffmpeg's command lines: which program, and what stands before every input and output."""

from __future__ import annotations

import functools
import importlib.util
import math
import os
import shutil
from pathlib import Path
from typing import Any

import ffmpeg

from videos.media.ffmpeg.errors import FfmpegMissing

Option = str | int | float | None
"""Value of an ffmpeg option; None for a flag without one."""

PROTOCOLS = "file"
FORMATS = ",".join(
    (
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf",
        "flv,asf,ogg,mxf,dv,mp3,wav,w64,flac,aac,ac3,eac3,aiff,caf,amr",
    )
)
"""Demuxers for files of strangers: those that hold the media themselves. Playlists and scripts
(hls, dash, concat, ffmetadata, svg, sdp, image2) would open other files, and stay outside."""
MAX_PIXELS = 36_000_000
MAX_STREAMS = 32

AV_OPTIONS: dict[str, str] = {
    "protocol_whitelist": PROTOCOLS,
    "format_whitelist": FORMATS,
    "max_pixels": str(MAX_PIXELS),
    # One more than is allowed: Matroska ends at the limit without an error, so we count.
    "max_streams": str(MAX_STREAMS + 1),
}
"""For `av.open(options=...)`, together with `metadata_errors="replace"`. PyAV does not hand
max_pixels to its decoders: give it to `codec_context.options` too, and compare width x height."""

# -nostdin: or ffmpeg reads what stands in stdin as commands. level+: each line says how bad it is.
# https://ffmpeg.org/ffmpeg.html#Generic-options and #Main-options
GLOBAL_ARGS = (
    *("-nostdin", "-v", "level+warning", "-nostats"),
    *("-progress", "pipe:1", "-stats_period", "0.1"),
)


def file_url(path: Path) -> str:
    """`path` for ffmpeg and PyAV: never taken for another protocol, an option or a pattern."""
    return f"file:{path}"


def input_file(path: Path, **options: Option) -> ffmpeg.Stream:
    """A file as input, with the limits that every file of a stranger needs.

    https://ffmpeg.org/ffmpeg-formats.html#Format-Options (whitelists, max_streams) and
    https://ffmpeg.org/ffmpeg-codecs.html#Codec-Options (max_pixels): all of them input options.
    """
    guards: dict[str, Any] = {
        "protocol_whitelist": PROTOCOLS,
        "format_whitelist": FORMATS,
        "max_pixels": MAX_PIXELS,
        "max_streams": MAX_STREAMS,
    }
    return ffmpeg.input(file_url(path), **{**options, **guards})


def lavfi_input(graph: str, **options: Option) -> ffmpeg.Stream:
    """A made input, such as "testsrc2=duration=30". `graph` must be ours: it can open files.

    https://ffmpeg.org/ffmpeg-devices.html#lavfi
    """
    guards: dict[str, Any] = {"format": "lavfi", "protocol_whitelist": PROTOCOLS}
    return ffmpeg.input(graph, **{**options, **guards}, format_whitelist="lavfi")


def text_input(name: str) -> ffmpeg.Stream:
    """A SubRip file of ours in the folder that ffmpeg runs in."""
    guards: dict[str, Any] = {"format": "srt", "protocol_whitelist": PROTOCOLS}
    return ffmpeg.input(file_url(Path(name)), **guards, format_whitelist="srt")


def command(stream: ffmpeg.Stream) -> list[str]:
    """The whole command line of an output; it prints progress blocks and overwrites nothing."""
    argv: list[str] = ffmpeg.compile(stream, cmd=[ffmpeg_path(), *GLOBAL_ARGS])
    return argv


def time_arg(seconds: float) -> str:
    """Seconds for -ss, -t and the like: microseconds, never an exponent."""
    if not math.isfinite(seconds):
        raise ValueError("a time must be finite")
    return time_arg_us(round(seconds * 1_000_000))


def time_arg_us(microseconds: int) -> str:
    """Microseconds as the seconds that ffmpeg takes, exactly."""
    whole, rest = divmod(abs(microseconds), 1_000_000)
    return f"{'-' if microseconds < 0 else ''}{whole}.{rest:06d}"


def ffmpeg_path() -> str:
    """The program: VREWCRAFT_FFMPEG, else the one of the imageio-ffmpeg wheel; else FfmpegMissing.

    Never one that happens to lie on PATH: older versions read disguised playlists.
    """
    chosen = os.environ.get("VREWCRAFT_FFMPEG", "")
    return _chosen(chosen) if chosen else _of_the_wheel()


def _chosen(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise FfmpegMissing({"detail": f"VREWCRAFT_FFMPEG is not an executable: {name}"})
    return str(Path(path).absolute())


@functools.cache
def _of_the_wheel() -> str:
    wheel = importlib.util.find_spec("imageio_ffmpeg")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        for program in sorted(Path(folder, "binaries").glob("ffmpeg-*")):
            if os.access(program, os.X_OK):
                return str(program)
    raise FfmpegMissing({"detail": "imageio-ffmpeg is not installed, or contains no executable"})

"""What the ffmpeg at hand is: its version and its video encoders."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from videos.media.ffmpeg.command import ffmpeg_path
from videos.media.ffmpeg.errors import FfmpegMissing

ENCODERS = (
    *("libx264", "libx265", "libsvtav1", "libaom-av1", "libvpx", "prores_ks"),
    *("h264_", "hevc_", "av1_", "vp9_"),  # of hardware: h264_nvenc, hevc_vaapi, av1_qsv ...
)


def ffmpeg_version() -> str:
    """Version as the program prints it, such as "n9.0.2-17-g2a571b6068"."""
    return _version(ffmpeg_path())


def ffmpeg_encoders() -> tuple[str, ...]:
    """Which of the video encoders that people ask for this ffmpeg has, such as "libx264"."""
    return _encoders(ffmpeg_path())


@functools.cache
def _version(program: str) -> str:
    words = _said(program, "-version").split()
    return words[2] if words[:2] == ["ffmpeg", "version"] else "unknown"


@functools.cache
def _encoders(program: str) -> tuple[str, ...]:
    """Lines look like ` V....D libx264    libx264 H.264 ...`."""
    lines = (line.split() for line in _said(program, "-v", "quiet", "-encoders").splitlines())
    names = (words[1] for words in lines if len(words) > 2 and words[0].startswith("V"))
    return tuple(name for name in names if name.startswith(ENCODERS))


def _said(program: str, *words: str) -> str:
    """What the program prints about itself."""
    try:
        answer = subprocess.run(
            [program, *words], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise FfmpegMissing({"detail": f"{Path(program).name} {words[0]}: {error}"}) from error
    return answer.stdout

"""Long films for the figures of cost: a real minute, encoded once and repeated by copying."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.clips import bunny
from videos.media.ffmpeg.command import ffmpeg_path

PART_SECONDS = 30


def encoded_whole(path: Path, *, seconds: int, height: int) -> Path:
    """A film that cannot be copied beside encoded pictures: MPEG-4 and AAC."""
    _ffmpeg(
        *("-stream_loop", "-1", "-i", str(bunny()), "-t", str(seconds)),
        *("-vf", f"scale=-2:{height},fps=25", "-c:v", "mpeg4", "-q:v", "4"),
        *("-c:a", "aac", "-b:a", "128k", "-ar", "48000", str(path)),
    )
    return path


def film(path: Path, *, seconds: int, keyframe_every: float, height: int = 1080) -> Path:
    """H.264 with B-frames and AAC at 25 pictures a second."""
    part = path.with_name(f"part-{path.name}")
    gop = round(25 * keyframe_every)
    _ffmpeg(
        *("-stream_loop", "-1", "-i", str(bunny()), "-t", str(PART_SECONDS)),
        *("-vf", f"scale=-2:{height},fps=25", "-c:v", "libx264", "-preset", "veryfast"),
        *("-crf", "21", "-bf", "2", "-g", str(gop), "-keyint_min", str(gop)),
        *("-sc_threshold", "0", "-c:a", "aac", "-b:a", "128k", "-ar", "48000", str(part)),
    )
    repeats = seconds // PART_SECONDS - 1
    _ffmpeg("-stream_loop", str(repeats), "-i", str(part), "-c", "copy", str(path))
    part.unlink()
    return path


def whole_encode(source: Path, out: Path, start: float, seconds: float) -> list[str]:
    """The command that encodes all of a cut, as people do it."""
    return [
        *(ffmpeg_path(), "-nostdin", "-v", "error", "-y"),
        *("-ss", str(start), "-i", str(source), "-t", str(seconds)),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "aac", str(out)),
    ]


def _ffmpeg(*argv: str) -> None:
    subprocess.run([ffmpeg_path(), "-nostdin", "-v", "error", "-y", *argv], check=True)

"""Clips that benches make with ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.clips import bunny
from videos.ffmpeg.args import ffmpeg_path

ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def drawn(path: Path, size: str, seconds: int, *, keyframe_every: int = 50) -> Path:
    """A moving test picture of 30 frames/s with a tone; a keyframe every so many frames."""
    sources = (f"testsrc2=size={size}:rate=30", "sine=frequency=440")
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    return _encode(path, inputs, seconds, keyframe_every)


def filmed(path: Path, size: str, seconds: int, *, keyframe_every: int = 50) -> Path:
    """A camera-like film with sound, repeated as often as needed."""
    scale = ["-vf", f"scale={size.replace('x', ':')}"]
    inputs = ["-stream_loop", "-1", "-i", str(bunny()), *scale]
    return _encode(path, inputs, seconds, keyframe_every)


def _encode(path: Path, inputs: list[str], seconds: int, keyframe_every: int) -> Path:
    argv = [ffmpeg_path(), "-nostdin", "-v", "error", *inputs, "-t", str(seconds), *ENCODER]
    subprocess.run([*argv, "-g", str(keyframe_every), "-c:a", "aac", str(path)], check=True)
    return path

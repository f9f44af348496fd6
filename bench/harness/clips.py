"""Clips that benches make with ffmpeg."""

from __future__ import annotations

from pathlib import Path

from tests.clips import bunny
from tests.media import ffmpeg

ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")


def drawn(path: Path, size: str, seconds: int, *, keyframe_every: int = 50) -> Path:
    """A moving test picture of 30 frames/s with a tone; a keyframe every so many frames."""
    picture = ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30")
    tone = ("-f", "lavfi", "-i", "sine=frequency=440")
    ffmpeg(*picture, *tone, "-t", str(seconds), *ENCODER, "-g", str(keyframe_every), path)
    return path


def filmed(path: Path, size: str, seconds: int) -> Path:
    """A camera-like film with sound, repeated as often as needed; a keyframe every 50 frames."""
    film = ("-stream_loop", "-1", "-i", bunny(), "-vf", f"scale={size.replace('x', ':')}")
    ffmpeg(*film, "-t", str(seconds), *ENCODER, "-g", "50", path)
    return path

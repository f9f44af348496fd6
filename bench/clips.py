"""The clips that benches use: a real one, and one that is made."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from tests.clips import bunny
from videos.media.ffmpeg.command import ffmpeg_path


@dataclass(frozen=True, slots=True)
class Cut:
    """What is cut out of a clip, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Clip:
    """A source, what is cut out of it, how many frames it has, and its keyframes (seconds)."""

    path: Path
    cut: Cut
    rate: Fraction
    frames: int
    keyframes: tuple[float, ...]

    @property
    def exact_frames(self) -> int:
        """How many source frames lie in [start, end)."""
        return self._frames_before(self.cut.end) - self._frames_before(self.cut.start)

    @property
    def keyframe(self) -> float:
        """The keyframe at or before the cut's start, seconds."""
        return max(time for time in self.keyframes if time <= self.cut.start + 0.0005)

    def _frames_before(self, seconds: float) -> int:
        exact = Fraction(seconds).limit_denominator(1000) * self.rate
        return -(-exact.numerator // exact.denominator)


def real() -> Clip:
    """A clip of a camera-like film that a package ships: 5.3 s, 1280 x 720, with sound."""
    return _clip(bunny(), Cut(1.0, 4.0))


def made(folder: Path) -> Clip:
    """60 s of 720p at 30 frames/s with a moving picture, sound, and a keyframe each 2 s."""
    path = folder / "made.mp4"
    sources = ["testsrc2=size=1280x720:rate=30:duration=60", "sine=frequency=440:duration=60"]
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "60"]
    argv = [ffmpeg_path(), "-nostdin", "-v", "error", *inputs, *encoder, "-c:a", "aac", str(path)]
    subprocess.run(argv, check=True)
    return _clip(path, Cut(10.5, 50.5))


def _clip(path: Path, cut: Cut) -> Clip:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate
        base = stream.time_base
        first = stream.start_time or 0
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        keyframes = tuple(
            float((packet.pts - first) * base)
            for packet in packets
            if packet.is_keyframe and packet.pts is not None and base is not None
        )
    if rate is None:
        raise ValueError(f"{path.name} has no frame rate")
    return Clip(path, cut, rate, len(packets), keyframes)

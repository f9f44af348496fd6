"""Which tracks of a source a result keeps, and how each gets into its container."""

from __future__ import annotations

from videos.media.probe.model import Caution, Kind, StreamInfo
from videos.media.verify import Expected
from videos.operations.base import Source

# Wall seconds on a 2-core machine: x264 veryfast handles about this many pixels a second.
PIXELS_PER_SECOND = 60_000_000
COPIED_BYTES_PER_SECOND = 150_000_000
START_SECONDS = 0.3


def films(source: Source) -> tuple[StreamInfo, ...]:
    """Its pictures, without covers."""
    return source.probe.of_kind(Kind.VIDEO)


ENCODER = "libx264 veryfast"
"""What encodes here, as learned speeds name it."""


def copying_seconds(source: Source, share: float = 1.0) -> float:
    """What copying that share of the file costs."""
    return START_SECONDS + source.probe.bytes * share / COPIED_BYTES_PER_SECOND


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

"""What one child may use, by what it is expected to cost: bounds stop what has gone wrong, never
what is merely slow.

The size of outputs is bounded by the kernel (RLIMIT_FSIZE) and not by ffmpeg's -fs, which ends with
exit code 0 and a short file. https://ffmpeg.org/ffmpeg.html#Main-options
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from videos.core.enums import StepCode
from videos.media.ffmpeg.errors import NoRoom
from videos.media.ffmpeg.limits import Limits
from videos.operations.base import Plan, Source, Step
from videos.storage import registry

# A step may take this many times its expected wall time, and never less than ten minutes.
PATIENCE, MIN_WALL_SECONDS = 50, 600
# However little a step computes, it reads its sources, perhaps from a slow disk or a network's.
SLOW_BYTES_PER_SECOND = 10 * 1000**2
# A file may be so many times as large as its sources, and never less than two gigabytes.
GROWTH, MIN_FILE_BYTES, MAX_FILE_BYTES = 10, 2 * 1024**3, 64 * 1024**3
# Encoders step back behind all else: pages answered three times as fast as with nice 0.
ENCODING_NICE, NICE = 15, 10
MIB = 1024**2


def of(step: Step, source_bytes: int) -> Limits:
    """The limits of one step."""
    reading = source_bytes / SLOW_BYTES_PER_SECOND
    wall = max(MIN_WALL_SECONDS, step.weight * PATIENCE, reading)
    cores = settings.VREWCRAFT_FFMPEG_CORES or None
    return Limits(
        wall_seconds=wall,
        cpu_seconds=round(wall * (cores or os.cpu_count() or 1)),
        file_bytes=min(MAX_FILE_BYTES, max(MIN_FILE_BYTES, GROWTH * source_bytes)),
        memory_bytes=settings.VREWCRAFT_FFMPEG_MEMORY_BYTES,
        cores=cores,
        nice=ENCODING_NICE if step.code is StepCode.ENCODING else NICE,
    )


def check_room(folder: Path, sources: Sequence[Source], plan: Plan) -> None:
    """Before the first step: is there room for what it will write? Raises NoRoom.

    Sources are on this disk by then; copies of others that nobody uses make way.
    """
    needed = settings.VREWCRAFT_DISK_FLOOR_BYTES + _expected_bytes(sources, plan)
    registry.store().make_room(needed)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoom({"free": free // MIB, "needed": needed // MIB})


def _expected_bytes(sources: Sequence[Source], plan: Plan) -> int:
    """About as many bytes for each second of film as the sources have."""
    seconds = sum(source.seconds for source in sources)
    longest = max((step.expected_us or 0 for step in plan.steps), default=0) / 1_000_000
    share = min(1.0, longest / seconds) if seconds else 0.0
    return round(share * sum(source.probe.bytes for source in sources))

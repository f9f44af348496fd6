"""What a worker reports of itself: its machine, its programs, what it can encode with."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from django.conf import settings

from videos.core.enums import WorkClass
from videos.media.ffmpeg.encoders import ffmpeg_encoders, ffmpeg_version
from videos.media.ffmpeg.errors import FfmpegMissing
from videos.models import WorkerBeat
from videos.services.tasks.estimates.speeds import machine


def of_this_worker(name: str, slots: Mapping[WorkClass, int], engine: str) -> WorkerBeat:
    """This worker as other processes know it."""
    version, encoders = _ffmpeg()
    return WorkerBeat(
        name=name,
        host=socket.gethostname(),
        pid=os.getpid(),
        slots={work_class.value: count for work_class, count in slots.items()},
        version=settings.VREWCRAFT_VERSION,
        ffmpeg_version=version,
        engine=engine,
        processor=machine(),
        encoders=encoders,
    )


def _ffmpeg() -> tuple[str, list[str]]:
    """Its version and encoders, or nothing where there is none: tasks then say so themselves."""
    try:
        return ffmpeg_version(), list(ffmpeg_encoders())
    except FfmpegMissing:
        return "", []

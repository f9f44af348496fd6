"""What one child process may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from videos.media.ffmpeg import launcher

LAUNCHER = Path(launcher.__file__).resolve()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one step; None where there is none."""

    cpu_seconds: int | None = None
    """Processor time of all threads together."""
    wall_seconds: float | None = None
    """Time by the clock; kept by `run_step`, the others by the kernel."""
    file_bytes: int | None = None
    """Size of each file written."""
    memory_bytes: int | None = None
    """Address space; 1080p x264 needs 1.5 GB of it."""
    cores: int | None = None
    """Processor cores; ffmpeg and its encoders make as many threads as they see."""
    nice: int = 10
    """How far the child steps back behind the server, 0 to 19."""

    def wrap(self, argv: Sequence[str]) -> list[str]:
        """The command that runs `argv` under these limits and dies with this process.

        -I -S: no site-packages and no environment, so that it starts in about 20 ms.
        """
        options = {
            "--parent": os.getpid(),
            "--nice": self.nice,
            "--cpu": self.cpu_seconds,
            "--fsize": self.file_bytes,
            "--as": self.memory_bytes,
            "--cores": self.cores,
        }
        given = [
            part
            for key, value in options.items()
            if value is not None
            for part in (key, str(value))
        ]
        return [sys.executable, "-I", "-S", str(LAUNCHER), *given, "--", *argv]

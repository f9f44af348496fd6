"""A server whose ffmpeg notes when it said what."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from videos.media.ffmpeg.command import ffmpeg_path

TAP = Path(__file__).with_name("tap.py")


@dataclass(frozen=True, slots=True)
class Noted:
    """One progress block: when (seconds since 1970), of which process, and its media time."""

    at: float
    pid: int
    out_time_us: int


class Tap:
    """Stands in for ffmpeg; `program` is what VREWCRAFT_FFMPEG is set to."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "tap.log"
        self.program = folder / "ffmpeg-with-notes"
        self.program.write_text(
            "#!/bin/sh\n"
            f"BENCH_TAP_LOG='{self._log}' BENCH_TAP_FFMPEG='{ffmpeg_path()}' "
            f"exec '{sys.executable}' -I -S '{TAP}' \"$@\"\n"
        )
        self.program.chmod(0o755)

    def noted(self, since: float, until: float) -> list[Noted]:
        """What was said between two times."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        found = []
        for line in lines:
            at, pid, said = line.split(" ", 2)
            key, _, value = said.strip().partition("=")
            if key == "out_time_us" and since <= float(at) <= until and value.lstrip("-").isdigit():
                found.append(Noted(float(at), int(pid), int(value)))
        return found

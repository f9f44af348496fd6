"""How far ffmpeg is in moving its output about, of which it says nothing. Linux only.

`-movflags +faststart` writes the file, then reads it all again to make room for the index at its
beginning (https://ffmpeg.org/ffmpeg-formats.html#mov_002c-mp4_002c-ismv, `ff_format_shift_data`).
"""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")


def part_rewritten(pid: int, path: Path) -> float | None:
    """The part (0..1) of its output at `path` that the process has read again; None: it does not.

    A process that writes a file has it open for writing; only then also for reading. Where it
    stands is in fdinfo (man 5 proc_pid_fdinfo).
    """
    folder = f"{PROC}/{pid}/fd"
    try:
        # Strings, not paths: a worker asks ten times a second.
        target, size = os.path.realpath(path), path.stat().st_size
        for name in os.listdir(folder):  # noqa: PTH208
            if os.readlink(f"{folder}/{name}") == target and size:  # noqa: PTH115
                place = _read_position(Path(folder, name))
                if place is not None:
                    return min(1.0, place / size)
    except OSError:  # it ended meanwhile, or there is no /proc
        return None
    return None


def _read_position(link: Path) -> int | None:
    text = (link.parents[1] / "fdinfo" / link.name).read_text()
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    for_reading = int(lines["flags"], 8) & os.O_ACCMODE == os.O_RDONLY
    return int(lines["pos"]) if for_reading else None

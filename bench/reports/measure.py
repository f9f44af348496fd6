"""The server's CPU during an encode that nobody watches; run in the checkout it measures.

The film is read at its own speed, so ffmpeg reports at the same rate whatever the machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MEASURED_SECONDS = 40
# An encode that is under way must not end, nor the film's thumbnails still be made.
MARGIN_SECONDS, SETTLED_SECONDS = 40, 4


def paced_ffmpeg(path: Path, ffmpeg: str) -> Path:
    """A program that is ffmpeg, but reads what it encodes at the film's speed."""
    path.write_text(
        f"""#!{sys.executable}
import os, sys
words = sys.argv[1:]
if "-progress" in words and "-i" in words:
    words.insert(words.index("-i"), "-re")
os.execv({ffmpeg!r}, [{ffmpeg!r}, *words])
"""
    )
    path.chmod(0o755)
    return path


def cpu_seconds(pid: int) -> float:
    """What a process has used, its children not counted (proc_pid_stat(5), utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path) -> float:
    """CPU seconds of the server for each second of the encode."""
    from imageio_ffmpeg import get_ffmpeg_exe

    from tests.media import ffmpeg
    from tests.servers.app import RunningServer
    from tests.servers.live import Program

    film, seconds = folder / "film.mp4", MEASURED_SECONDS + MARGIN_SECONDS
    picture = ("-f", "lavfi", "-i", "testsrc=size=320x180:rate=30", "-t", str(seconds))
    ffmpeg(*picture, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", film)
    paced = paced_ffmpeg(folder / "ffmpeg", get_ffmpeg_exe())
    server = RunningServer(folder / "data", env={"VREWCRAFT_FFMPEG": str(paced)})
    with server, Program(server) as program:
        video_id = program.upload(film)
        program.ready(video_id)
        time.sleep(SETTLED_SECONDS)
        span: dict[str, Any] = {"startTime": 1, "endTime": seconds - 1, "mode": "exact"}
        task_id = program.edit("trim", video_id, **span)["taskId"]
        program.under_way(task_id, percent=2)
        used, began = cpu_seconds(server.pid), time.monotonic()
        time.sleep(MEASURED_SECONDS)
        rate = (cpu_seconds(server.pid) - used) / (time.monotonic() - began)
        assert program.task(task_id)["status"] == "processing"
        program.http.post(f"/api/tasks/{task_id}/cancel")
    return rate


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    with tempfile.TemporaryDirectory(prefix="vrewcraft-bench-") as name:
        print(measure(Path(name)))

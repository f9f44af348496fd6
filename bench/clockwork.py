"""Whether a bar moves while nothing does: ffmpeg is stopped in mid-run."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from bench.matrix import Film
from bench.telling import Teller
from tests.servers.live import Listener, wait_for
from videos.media.ffmpeg.command import ffmpeg_path

STOPPED_SECONDS = 5.0
SETTLED_SECONDS = 0.7
JOB_SECONDS = 600


def rise_while_stopped(teller: Teller, film: Film) -> float:
    """By how many points the percent rises while ffmpeg is stopped for 5 s."""
    video_id = teller.video(film)
    with Listener(teller.server, video_id) as listener:
        params: dict[str, Any] = {"startTime": 0, "endTime": film.seconds, "mode": "exact"}
        task_id = teller.program.edit("trim", video_id, **params)["taskId"]
        teller.program.under_way(task_id, percent=20)
        pid = wait_for(_encoder, 5, "ffmpeg")
        os.kill(pid, signal.SIGSTOP)
        # What was reported before is still on its way.
        time.sleep(SETTLED_SECONDS)
        before = teller.program.task(task_id)["progress"]
        time.sleep(STOPPED_SECONDS)
        after = teller.program.task(task_id)["progress"]
        os.kill(pid, signal.SIGCONT)
        listener.wait("complete", seconds=JOB_SECONDS, taskId=task_id)
    return float(after - before)


def _encoder() -> int | None:
    """The process that runs ffmpeg itself, in the group of whom the bench has started."""
    wanted = Path(ffmpeg_path()).resolve()
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            try:
                if (each / "exe").readlink() == wanted and _session_is_ours(each):
                    return int(each.name)
            except OSError:
                continue
    return None


def _session_is_ours(process: Path) -> bool:
    """Whether it works in a folder of this bench."""
    return "vrewcraft-truth-" in str((process / "cwd").readlink())

"""What is measured once: a stopped ffmpeg, the time until a start, and a task's own cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.harness.workbench import EDIT_SECONDS, Workbench
from bench.truth.matrix import Film, half, whole
from tests.chaos.processes import at_work
from tests.servers.live import Listener, wait_for
from videos.media.ffmpeg.command import ffmpeg_path

STOPPED_SECONDS = 5.0
SETTLE_SECONDS = 0.7
EDITS_AHEAD, EDIT_LENGTH = 4, 30
PAIRS = 10


def rise_while_stopped(bench: Workbench, video_id: str, film: Film) -> float:
    """By how many points the percent rises while ffmpeg is stopped for 5 s."""
    with Listener(bench.server, video_id):
        task_id = bench.edit("trim", video_id, **whole(film))["taskId"]
        bench.under_way(task_id, percent=20)
        pid = wait_for(lambda: _encoder(bench.server.data_dir), 5, "ffmpeg")
        os.kill(pid, signal.SIGSTOP)
        time.sleep(SETTLE_SECONDS)  # what was reported before is still on its way
        before = bench.task(task_id)["progress"]
        time.sleep(STOPPED_SECONDS)
        after = bench.task(task_id)["progress"]
        os.kill(pid, signal.SIGCONT)
        bench.ended(task_id, EDIT_SECONDS)
    return float(after - before)


def _encoder(data_dir: Path) -> int:
    """The process of this server that is ffmpeg itself; 0 before there is one."""
    program = Path(ffmpeg_path()).resolve()
    pids = [process.pid for process in at_work(data_dir)]
    return next((pid for pid in pids if Path(f"/proc/{pid}/exe").resolve() == program), 0)


def starts_in_error(bench: Workbench, video_id: str, film: Film) -> float:
    """The share of the true time by which "starts in" is off, with four edits ahead."""
    length = min(EDIT_LENGTH, film.seconds / 2)
    for start in range(EDITS_AHEAD + 1):
        answer = bench.trim(video_id, start, start + length, "exact")
    task_id = answer["taskId"]
    requested, estimate = time.time(), bench.task(task_id)["startsInSeconds"] or 0.0
    bench.ended(task_id, EDIT_SECONDS)
    waited = bench.claimed(task_id) - requested
    return float(abs(estimate - waited) / waited)


def overhead(bench: Workbench, film: Film) -> tuple[float, float]:
    """The same command bare and as a task, in turns: medians of the bare one, and of the rest."""
    video_id, _storyboard = bench.record_upload(film.path)
    bares, mores = [], []
    for number in range(PAIRS + 1):
        recording = bench.record_edit(video_id, "trim", half(film))
        bare = _run_bare(json.loads(bench.of_attempt(recording.task_id, "commands"))[0])
        if number:  # the first one warms the caches of both
            bares.append(bare)
            mores.append(recording.completed - recording.messages[0].at - bare)
    return median(bares), median(mores)


def _run_bare(argv: list[str]) -> float:
    """Seconds of the same command from a shell, writing into another folder."""
    with tempfile.TemporaryDirectory(prefix="vrewcraft-bare-") as name:
        moved = [*argv[:-1], f"file:{Path(name) / Path(argv[-1]).name}"]
        began = time.monotonic()
        subprocess.run(moved, check=True, stdout=subprocess.DEVNULL, cwd=name)
        return time.monotonic() - began

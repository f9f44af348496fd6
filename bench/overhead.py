"""What a task costs beyond ffmpeg itself: the same command bare and as a task, in turns."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.matrix import Film
from tests.servers.app import RunningServer
from tests.servers.live import Listener, Program

PAIRS = 10


@dataclass(frozen=True, slots=True)
class Overhead:
    """Medians of wall seconds: bare, and how much longer the task took."""

    bare: float
    seconds: float


def overhead(server: RunningServer, program: Program, film: Film) -> Overhead:
    """Ten pairs of an exact trim of the middle half."""
    video_id = program.upload(film.path)
    program.ready(video_id)
    pairs: list[tuple[float, float]] = []
    for n in range(PAIRS + 1):
        claimed, completed, argv = _as_task(server, program, video_id, film)
        bare = _bare(argv)
        if n:  # the first one warms the caches of both
            pairs.append((bare, completed - claimed - bare))
    return Overhead(median(bare for bare, _more in pairs), median(more for _bare, more in pairs))


def _as_task(
    server: RunningServer, program: Program, video_id: str, film: Film
) -> tuple[float, float, list[str]]:
    params: dict[str, Any] = {
        "startTime": film.seconds / 4,
        "endTime": film.seconds * 3 / 4,
        "mode": "exact",
    }
    with Listener(server, video_id) as listener:
        task_id = program.edit("trim", video_id, **params)["taskId"]
        complete = listener.wait("complete", seconds=300, taskId=task_id)
        first = listener.of_task(task_id)[0]
    wanted = "select commands from videos_attempt where task_id = ?"
    with closing(sqlite3.connect(server.data_dir / "db.sqlite3", timeout=30)) as database:
        (commands,) = database.execute(wanted, [task_id.replace("-", "")]).fetchone()
    return first.at, complete.at, json.loads(commands)[0]


def _bare(argv: list[str]) -> float:
    """The same command from a shell, writing into another folder."""
    with tempfile.TemporaryDirectory(prefix="vrewcraft-bare-") as name:
        moved = [*argv[:-1], f"file:{Path(name) / Path(argv[-1]).name}"]
        began = time.monotonic()
        subprocess.run(moved, check=True, stdout=subprocess.DEVNULL, cwd=name)
        return time.monotonic() - began

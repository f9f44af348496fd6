"""How tasks are handed out: dispatch latency, claims out of a long queue, two workers against one.

`python -m bench.tasks`, about four minutes. The last line says whether all is within its bounds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests import media
from tests.servers.app import ROOT, clean_environment
from tests.servers.arrangements import NAMES, Arrangement, Name
from tests.servers.live import Program, wait_for
from tests.servers.services import PostgresServer
from videos.media.ffmpeg.command import ffmpeg_path

ASKED, WAITING, ROUNDS, PATIENCE = 30, 60, 3, 150
LOOK_SECONDS = 1.0
LATENCY_MS, CLAIM_MS, PAGE_MS, SPEED_UP = 150.0, 20.0, 300.0, 1.9
# An ffmpeg that waits a second, without computing, before it works.
SLOW_FFMPEG = """#!/bin/sh
[ "$1" = -nostdin ] && sleep 1
exec '{ffmpeg}' "$@"
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured, and its bound; `least`: more is better."""

    name: str
    value: float
    bound: float
    unit: str
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is within its bound."""
        return self.value >= self.bound if self.least else self.value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.least else "<="
        verdict = "" if self.holds else "   TOO MUCH" if not self.least else "   TOO LITTLE"
        digits = 1 if self.unit else 2
        value = f"{self.value:8.{digits}f}"
        return f"{self.name:<58} {value} {self.unit:<2} ({sign} {self.bound:g}){verdict}"


def main() -> int:
    """Measure, print, judge."""
    figures: list[Figure] = []
    for name in NAMES:
        figures += shown(latency(name))
    figures += shown(throughput())
    with tempfile.TemporaryDirectory() as folder:
        figures += shown(long_queue("SQLite", Path(folder), None))
        with PostgresServer() as server:
            figures += shown(long_queue("PostgreSQL", Path(folder), server.url))
    wrong = [figure.name for figure in figures if not figure.holds]
    print(f"{len(figures)} figures, {len(wrong)} out of bounds" + "".join(f"; {n}" for n in wrong))
    return 1 if wrong else 0


def shown(figures: list[Figure]) -> list[Figure]:
    """The same, printed."""
    for figure in figures:
        print(figure, flush=True)
    return figures


def latency(name: Name) -> list[Figure]:
    """From the row of a task to its claim by an idle worker, one task at a time."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Arrangement(name, Path(folder)) as arrangement,
        Program(arrangement.server) as program,
    ):
        video = program.upload(media.numbered())
        settled(program, video)
        taken = sorted(_claimed_after(program, video, number) for number in range(ASKED))
    p95 = taken[round((ASKED - 1) * 0.95)]
    return [
        Figure(f"dispatch, {name}: p50 of {ASKED}", taken[ASKED // 2], LATENCY_MS, "ms"),
        Figure(f"dispatch, {name}: p95 of {ASKED}", p95, LATENCY_MS, "ms"),
    ]


def settled(program: Program, video: str) -> None:
    """Wait until the video is ready and all that is made of it has been made."""
    program.ready(video)

    def idle() -> bool:
        tasks = program.http.get("/api/tasks").json()["tasks"]
        return all(task["status"] not in ("pending", "processing") for task in tasks)

    wait_for(idle, 60, "the arrival work's end")


def _claimed_after(program: Program, video: str, number: int) -> float:
    """Milliseconds."""
    asked = program.trim(video, 0.0, 1.0 + number / 50)["taskId"]
    task = program.ended(asked)
    time.sleep(0.2)
    (attempt,) = program.task(asked)["attempts"]
    return _seconds(task["createdAt"], attempt["startedAt"]) * 1000


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def throughput() -> list[Figure]:
    """Tasks that wait for a second each: one worker and two by turns, on PostgreSQL.

    By turns, because the machine may be faster at one time than at another.
    """
    with tempfile.TemporaryDirectory() as folder:
        slow = Path(folder) / "slow-ffmpeg"
        slow.write_text(SLOW_FFMPEG.format(ffmpeg=ffmpeg_path()))
        slow.chmod(0o755)
        env = {"VREWCRAFT_FFMPEG": str(slow)}
        one = two = 0.0
        with (
            # With short leases workers look around ten times as often.
            Arrangement("processes", Path(folder), env=env, leases={}) as arrangement,
            Program(arrangement.server) as program,
        ):
            video = program.upload(media.numbered())
            settled(program, video)
            for number in range(ROUNDS):
                one += _run_some(program, video, 2 * number)
                other = arrangement.another_worker()
                two += _run_some(program, video, 2 * number + 1)
                other.stop()
    return [
        Figure(f"{WAITING} waiting tasks, one worker", one, PATIENCE, "s"),
        Figure(f"{WAITING} waiting tasks, two workers", two, PATIENCE, "s"),
        Figure("two workers against one, times as fast", one / two, SPEED_UP, "", least=True),
    ]


def _idle(program: Program) -> bool:
    queue = program.http.get("/api/queue").json()
    return bool(queue["pending"] + queue["processing"] == 0)


def _run_some(program: Program, video: str, turn: int) -> float:
    """Run one round's share of the tasks: seconds from the first claim to the last end."""
    share = WAITING // ROUNDS
    starts = [n / 50 for n in range(turn * share, (turn + 1) * share)]
    asked = [program.trim(video, start, start + 1)["taskId"] for start in starts]
    # Seldom, because each look takes time of the two cores that the workers share.
    wait_for(lambda: _idle(program), PATIENCE, "the last task's end", every=LOOK_SECONDS)
    attempts = [program.task(task)["attempts"][-1] for task in asked]
    first = min(attempt["startedAt"] for attempt in attempts)
    return _seconds(first, max(attempt["endedAt"] for attempt in attempts))


def long_queue(name: str, folder: Path, database: str | None) -> list[Figure]:
    """Ten thousand pending tasks."""
    env = {**clean_environment(), "VREWCRAFT_DATA_DIR": str(folder / name)}
    if database:
        env["DATABASE_URL"] = database
    (folder / name).mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "bench.claims"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    print(f"\n{name}, how the best of 10,000 is found:\n{found['plan']}\n")
    return [
        Figure(f"claim out of 10,000, {name}: p95", found["claims"]["p95"], CLAIM_MS, "ms"),
        *(
            Figure(f"{address} with 10,000, {name}: p95", taken["p95"], PAGE_MS, "ms")
            for address, taken in found["pages"].items()
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())

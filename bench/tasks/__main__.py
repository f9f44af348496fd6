"""How tasks are dispatched: dispatch latency, claims out of a long queue, two workers against one.

`make bench-tasks`, about four minutes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from bench.harness.figures import Report, Section, percentile, run_sections
from tests import media
from tests.servers.app import ROOT, clean_environment
from tests.servers.arrangements import NAMES, Arrangement, Name
from tests.servers.live import Program, wait_for
from tests.servers.services import PostgresServer
from videos.media.ffmpeg.command import ffmpeg_path

TRIMS, WAITING, ROUNDS, PATIENCE = 30, 60, 3, 150
POLL_SECONDS = 1.0
LATENCY_MS, CLAIM_MS, PAGE_MS, SPEED_UP = 150.0, 20.0, 300.0, 1.9
# An ffmpeg that waits a second, without computing, before it works.
SLOW_FFMPEG = """#!/bin/sh
[ "$1" = -nostdin ] && sleep 1
exec '{ffmpeg}' "$@"
"""


@contextmanager
def idle_site(arrangement: Arrangement) -> Iterator[tuple[Program, str]]:
    """A program, and a video of which all is derived that is derived by itself."""
    with arrangement, Program(arrangement.server) as program:
        video_id = program.upload(media.numbered())
        program.ready(video_id)
        wait_for(lambda: _is_settled(program), 60, "the end of what arrival brings")
        yield program, video_id


def latency(name: Name, folder: Path, report: Report) -> None:
    """From the row of a task to its claim by an idle worker, one task at a time."""
    with idle_site(Arrangement(name, folder)) as (program, video_id):
        taken = [_claimed_after_ms(program, video_id, number) for number in range(TRIMS)]
    for share in (0.5, 0.95):
        what = f"dispatch, {name}: p{100 * share:.0f} of {TRIMS}"
        report.at_most(what, percentile(taken, share), LATENCY_MS, "ms")


def _claimed_after_ms(program: Program, video_id: str, number: int) -> float:
    task_id = program.trim(video_id, 0.0, 1.0 + number / 50)["taskId"]
    task = program.ended(task_id)
    time.sleep(0.2)
    (attempt,) = program.task(task_id)["attempts"]
    return 1000 * _seconds(task["createdAt"], attempt["startedAt"])


def two_workers(folder: Path, report: Report) -> None:
    """Tasks that wait for a second each: one worker and two by turns, on PostgreSQL.

    By turns, because the machine may be faster at one time than at another; with the product's own
    leases, because with short ones workers look around ten times as often.
    """
    slow = folder / "slow-ffmpeg"
    slow.write_text(SLOW_FFMPEG.format(ffmpeg=ffmpeg_path()))
    slow.chmod(0o755)
    one = two = 0.0
    site = Arrangement("processes", folder, env={"VREWCRAFT_FFMPEG": str(slow)}, leases={})
    with idle_site(site) as (program, video_id):
        for number in range(ROUNDS):
            one += _run_share(program, video_id, 2 * number)
            other = site.another_worker()
            two += _run_share(program, video_id, 2 * number + 1)
            other.stop()
    report.at_most(f"{WAITING} waiting tasks, one worker", one, PATIENCE, "s")
    report.at_most(f"{WAITING} waiting tasks, two workers", two, PATIENCE, "s")
    report.at_least("two workers against one, times as fast", one / two, SPEED_UP)


def _run_share(program: Program, video_id: str, turn: int) -> float:
    """Run one round's share of the tasks: seconds from the first claim to the last end."""
    share = WAITING // ROUNDS
    starts = [n / 50 for n in range(turn * share, (turn + 1) * share)]
    tasks = [program.trim(video_id, start, start + 1)["taskId"] for start in starts]
    # Seldom, because each poll takes time of the two cores that the workers share.
    wait_for(lambda: _is_idle(program), PATIENCE, "the last task's end", every=POLL_SECONDS)
    attempts = [program.task(task_id)["attempts"][-1] for task_id in tasks]
    first = min(attempt["startedAt"] for attempt in attempts)
    return _seconds(first, max(attempt["endedAt"] for attempt in attempts))


def _is_settled(program: Program) -> bool:
    """Whether housekeeping has ended as well."""
    tasks = program.http.get("/api/tasks").json()["tasks"]
    return all(task["status"] not in ("pending", "processing") for task in tasks)


def _is_idle(program: Program) -> bool:
    queue = program.http.get("/api/queue").json()
    return bool(queue["pending"] + queue["processing"] == 0)


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def long_queue(name: str, folder: Path, report: Report) -> None:
    """A claim and the pages that list tasks, with ten thousand pending ones."""
    env = {**clean_environment(), "VREWCRAFT_DATA_DIR": str(folder)}
    with ExitStack() as stack:
        if name == "PostgreSQL":
            env["DATABASE_URL"] = stack.enter_context(PostgresServer()).url
        argv = [sys.executable, "-m", "bench.tasks.long_queue"]
        done = subprocess.run(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    result = json.loads(done.stdout)
    p95 = percentile(result["claims"], 0.95)
    report.at_most(f"claim out of 10,000, {name}: p95", p95, CLAIM_MS, "ms")
    for address, taken in result["pages"].items():
        what = f"{address} with 10,000, {name}: p95"
        report.at_most(what, percentile(taken, 0.95), PAGE_MS, "ms")


SECTIONS: dict[str, Section] = {
    **{name: partial(latency, name) for name in NAMES},
    "two-workers": two_workers,
    **{name: partial(long_queue, name) for name in ("SQLite", "PostgreSQL")},
}

if __name__ == "__main__":
    sys.exit(run_sections(SECTIONS, sys.argv[1:]))

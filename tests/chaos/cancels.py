"""Cancels at random instants of real edits: each ends in one state, and its files match it."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.chaos.arrangements import AT_ONCE
from tests.chaos.books import plain
from tests.chaos.deployment import Deployment
from tests.chaos.figures import Figure, Findings, none_of
from tests.chaos.hearing import Hearing
from tests.chaos.load import EDITS
from tests.chaos.processes import at_work
from tests.chaos.site import Site
from tests.servers.live import Program, wait_for

CLIENTS = 3
GONE_SECONDS, END_SECONDS = 3.0, 30.0
# Until it is known how long an edit lasts here.
MAX_SECONDS = 0.3
TOO_LATE = 409


@dataclass(frozen=True, slots=True)
class Cancelled:
    """One edit that somebody cancelled, perhaps too late."""

    task_id: str
    accepted: bool
    gone_seconds: float
    """From the cancel's answer until nothing of the edit ran any more."""


class Cancels:
    """Edits on one arrangement, each cancelled somewhere between its request and its usual end."""

    def __init__(self, site: Site, seed: int) -> None:
        self._deployment, self._clips = site.deployment, site.clips
        self._rng, self._lock = random.Random(seed), threading.Lock()
        self.hearing = Hearing(site.deployment.server, site.clips.videos.values())
        self._lasts: dict[str, float] = {}

    def run(self, rounds: int, until: float) -> list[Cancelled]:
        """So many, a few at a time; fewer where time runs out."""
        self.hearing.start()
        with ThreadPoolExecutor(CLIENTS) as pool:
            done = list(pool.map(lambda _: self._one(until), range(rounds)))
        wait_for(lambda: not self._deployment.books.open_tasks(), END_SECONDS, "the last end")
        time.sleep(1)  # what is wrongly told a second time would come now
        self.hearing.stop()
        return [each for each in done if each]

    def _one(self, until: float) -> Cancelled | None:
        if time.monotonic() > until:
            return None
        with self._lock:
            edit = self._rng.choice(EDITS)
            wait = self._rng.random() * self._lasts.get(edit.name, MAX_SECONDS)
        with Program(self._deployment.server) as program:
            body = self._clips.body(edit)
            answer = program.http.post(f"/api/edit/{edit.operation}", json=body)
            task_id = str(answer.json()["taskId"])
            time.sleep(wait)
            cancel = program.http.post(f"/api/tasks/{task_id}/cancel")
            assert cancel.status_code in (200, 202, TOO_LATE), cancel.text
            gone = _seconds_until_gone(self._deployment.data_dir / "work" / task_id)
            ended = program.ended(task_id, END_SECONDS)
        if ended["status"] == "complete":
            self._lasts[edit.name] = _seconds(ended)
        return Cancelled(task_id, cancel.status_code != TOO_LATE, gone)


def _seconds(task: dict[str, Any]) -> float:
    """From an edit's request to its end."""
    created, finished = (datetime.fromisoformat(task[key]) for key in ("createdAt", "finishedAt"))
    return (finished - created).total_seconds()


def cancels(site: Site, seed: int, rounds: int, until: float) -> Findings:
    """So many, or as many as there is time for until `until` (monotonic); count."""
    race = Cancels(site, seed)
    done = race.run(rounds, until)
    site.deployment.reap(**AT_ONCE)
    statuses, wrong = _counted(site.deployment, race.hearing, done)
    slowest = max((each.gone_seconds for each in done), default=0.0)
    figures = [
        Figure("edits cancelled at a random instant", len(done), at_least=rounds),
        Figure("of them cancelled", statuses["cancelled"], at_least=len(done) // 10),
        Figure("of them complete, the cancel came too late", statuses["complete"]),
        Figure("seconds until ffmpeg was gone, at most", round(slowest, 2), at_most=GONE_SECONDS),
        none_of("without exactly one end, or with files that do not match it", wrong),
    ]
    arrangement = site.deployment.arrangement
    replay = f"python -m tests.chaos cancels {arrangement.letter} --seed {seed} --rounds {rounds}"
    return Findings(f"Cancels on {arrangement.letter}: {arrangement.title}", figures, wrong, replay)


def _counted(
    deployment: Deployment, hearing: Hearing, done: list[Cancelled]
) -> tuple[Counter[str], list[str]]:
    """How they ended, and what does not fit that."""
    tasks = deployment.books.rows("select id, status from videos_task")
    statuses = {plain(key): status for key, status in tasks}
    counts = deployment.books.rows("select task_id, count(*) from videos_output group by task_id")
    outputs = {plain(key): count for key, count in counts}
    attempts = _open_or_complete_attempts(deployment)
    wrong = []
    for each in done:
        key = plain(each.task_id)
        status, library = statuses[key], deployment.data_dir / "library" / "outputs" / each.task_id
        there = sum(path.is_file() for path in library.rglob("*"))
        facts = {
            "status": status in ("cancelled", "complete"),
            "answer": each.accepted or status == "complete",
            "ends told": hearing.ends[each.task_id] == 1,
            "outputs": (outputs.get(key, 0) > 0) is (status == "complete"),
            "files": there == outputs.get(key, 0),
            "attempts": attempts.get(key, []) == (["complete"] if status == "complete" else []),
            "work": not (deployment.data_dir / "work" / each.task_id).exists(),
        }
        bad = [name for name, holds in facts.items() if not holds]
        wrong += [f"{each.task_id} {status}: {', '.join(bad)}"] if bad else []
    return Counter(statuses[plain(each.task_id)] for each in done), wrong


def _open_or_complete_attempts(deployment: Deployment) -> dict[str, list[str]]:
    query = "select task_id, outcome from videos_attempt where outcome in ('running', 'complete')"
    found: dict[str, list[str]] = {}
    for key, outcome in deployment.books.rows(query):
        found.setdefault(plain(key), []).append(outcome)
    return found


def _seconds_until_gone(folder: Path) -> float:
    began = time.monotonic()
    while at_work(folder) and time.monotonic() - began < 2 * GONE_SECONDS:
        time.sleep(0.03)
    return time.monotonic() - began

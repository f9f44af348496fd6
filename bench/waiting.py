"""Whether "starts in" is true: an edit with four others before it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench.matrix import Film
from bench.telling import Teller

AHEAD = 4
SECONDS = 600
PART_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """Seconds until the edit began: as said when it was asked for, and as it was."""

    said: float
    was: float

    @property
    def error(self) -> float:
        """The share of the true time by which it was off."""
        return abs(self.said - self.was) / self.was


def waiting(teller: Teller, film: Film) -> Waiting:
    """Ask for five edits at once, and see when the last one begins."""
    program, video_id = teller.program, teller.video(film)
    length = min(PART_SECONDS, film.seconds / 2)
    for n in range(AHEAD + 1):
        params: dict[str, Any] = {"startTime": n, "endTime": n + length, "mode": "exact"}
        task_id = program.edit("trim", video_id, **params)["taskId"]
    asked, said = time.time(), program.task(task_id)["startsInSeconds"]
    program.ended(task_id, SECONDS)
    return Waiting(said or 0.0, teller.claimed_at(task_id) - asked)

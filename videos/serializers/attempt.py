"""Attempts as JSON."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict

from videos.core.json_types import Time, choice, described
from videos.models import Attempt


@described
class AttemptState(TypedDict):
    """One execution of a task."""

    number: int
    """1 is the first."""
    worker: str
    """Which worker made it: host, process and start."""
    outcome: Annotated[str, choice(Attempt.Outcome)]
    """How it ended."""
    error: str | None
    """The code of its error, where it failed."""
    retry: str | None
    """Why another one followed."""
    retrySeconds: float | None
    """How long that one waited."""
    takenOver: int
    """How many encoded pieces it took over from earlier ones."""
    startedAt: Time
    endedAt: Time | None


def attempt_state(attempt: Attempt) -> AttemptState:
    """One execution of a task: how it ended, and whether another one followed from that."""
    return {
        "number": attempt.number,
        "worker": attempt.worker,
        "outcome": str(attempt.outcome),
        "error": attempt.error_code or None,
        "retry": attempt.retry or None,
        "retrySeconds": attempt.retry_seconds,
        "takenOver": attempt.taken_over,
        "startedAt": attempt.started_at.isoformat(),
        "endedAt": attempt.ended_at.isoformat() if attempt.ended_at else None,
    }

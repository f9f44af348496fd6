"""Attempts as JSON."""

from __future__ import annotations

from typing import Any

from videos.models import Attempt


def attempt_state(attempt: Attempt) -> dict[str, Any]:
    """One execution of a task: how it ended, and whether another one followed from that."""
    return {
        "number": attempt.number,
        "worker": attempt.worker,
        "outcome": str(attempt.outcome),
        "error": attempt.error_code or None,
        "retry": attempt.retry or None,
        "retrySeconds": attempt.retry_seconds,
        "startedAt": attempt.started_at.isoformat(),
        "endedAt": attempt.ended_at.isoformat() if attempt.ended_at else None,
    }

"""The retry policy: how often a failed task is tried again, and when."""

from __future__ import annotations

import random

from django.conf import settings

from videos.media.ffmpeg.errors import Retry
from videos.models import Task

MOST_DOUBLINGS = 5


def failures(task: Task, retry: Retry) -> int:
    """How often it has failed in that way since somebody asked for it."""
    tried_again = task.attempts.filter(retry_seconds__isnull=False).order_by("-number")
    return list(tried_again.values_list("retry", flat=True)[: task.failures]).count(retry.value)


def budget(retry: Retry) -> int:
    """How many more tries a failure of that kind is worth."""
    return {
        Retry.NEVER: 0,
        Retry.CRASH: settings.VREWCRAFT_CRASH_RETRIES,
        Retry.INFRASTRUCTURE: settings.VREWCRAFT_INFRASTRUCTURE_RETRIES,
    }[retry]


def backoff(failures: int) -> float:
    """Seconds until the next try: doubled after each failure, but not for ever, with jitter."""
    doubled = settings.VREWCRAFT_RETRY_SECONDS * 2 ** min(failures, MOST_DOUBLINGS)
    return float(doubled * random.uniform(1, 1.5))  # noqa: S311

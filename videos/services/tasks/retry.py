"""The retry policy: what a failed attempt's task is tried again after, how often, and when."""

from __future__ import annotations

import random

from django.conf import settings
from django.db import DatabaseError

from videos.core.errors import AppError
from videos.media.ffmpeg.errors import MediaError, Retry
from videos.models import Task
from videos.models.task_state import Failure
from videos.storage import inbox
from videos.storage.base import StorageDown

MAX_DOUBLINGS = 5


def failure_of(error: Exception) -> Failure:
    """What an error means for its task: its code, what fills the sentence, and the kind."""
    if isinstance(error, MediaError):
        return Failure(error.code, error.args, error.retry.value)
    if isinstance(error, AppError):
        name, code = next(iter(error.fields.items()), ("", error.code))
        return Failure(code, error.values_for(name), Retry.NEVER.value)
    if isinstance(error, StorageDown):
        return Failure("storage_down", {}, Retry.INFRASTRUCTURE.value)
    if isinstance(error, (DatabaseError, OSError)):
        code = "disk_full" if inbox.is_full(error) else "internal"
        return Failure(code, {}, Retry.INFRASTRUCTURE.value)
    return Failure("internal", {}, Retry.CRASH.value)


def is_expected(error: Exception) -> bool:
    """Whether its code says all; of any other the log keeps where it came from."""
    return isinstance(error, (MediaError, AppError))


def next_try(task: Task, failure: Failure) -> float | None:
    """Seconds until the task is tried again; None where it has failed for good."""
    kind = Retry(failure.retry)
    if _failures(task, kind) >= _budget(kind):
        return None
    return _backoff(task.failures)


def _failures(task: Task, kind: Retry) -> int:
    """How often it has failed in that way since it was requested or retried."""
    tried_again = task.attempts.filter(retry_seconds__isnull=False).order_by("-number")
    return list(tried_again.values_list("retry", flat=True)[: task.failures]).count(kind.value)


def _budget(kind: Retry) -> int:
    """How many more tries a failure of that kind is worth."""
    return {
        Retry.NEVER: 0,
        Retry.CRASH: settings.VREWCRAFT_CRASH_RETRIES,
        Retry.INFRASTRUCTURE: settings.VREWCRAFT_INFRASTRUCTURE_RETRIES,
    }[kind]


def _backoff(failures: int) -> float:
    """Doubled after each failure, but not for ever, with jitter."""
    doubled = settings.VREWCRAFT_RETRY_SECONDS * 2 ** min(failures, MAX_DOUBLINGS)
    return float(doubled * random.uniform(1, 1.5))  # noqa: S311

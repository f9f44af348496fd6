"""Work done in the test's own thread, without a worker's threads."""

from __future__ import annotations

from collections.abc import Callable

from tests.servers.live import wait_for
from videos.core.enums import WorkClass
from videos.models import Task
from videos.worker.claims import TaskExecutor

WAIT_SECONDS = 15


def drain() -> None:
    """Run tasks until none that could be taken is left."""
    executor = TaskExecutor({})
    while claim := next(filter(None, map(executor.claim, WorkClass)), None):
        executor.run(claim)


def until(true: Callable[[], bool]) -> None:
    """Wait until that is so: other threads are at work on it."""
    wait_for(true, WAIT_SECONDS, "it", every=0.02)


def status(task: Task) -> str:
    """As the database has it by now."""
    return Task.objects.get(pk=task.pk).status

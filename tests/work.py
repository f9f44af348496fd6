"""Work done in the test's own thread, without a worker's threads."""

from __future__ import annotations

from videos.plan import WorkClass
from videos.worker import Worker


def drain() -> None:
    """Run tasks until none that could be taken is left."""
    worker = Worker()
    while any(worker._run_one(work_class) for work_class in WorkClass):
        pass

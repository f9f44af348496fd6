"""Work done in the test's own thread, without a worker's threads."""

from __future__ import annotations

from videos.keeper import Keeper
from videos.plan import WorkClass


def drain() -> None:
    """Run tasks until none that could be taken is left."""
    keeper = Keeper({})
    while any(keeper.run_one(work_class) for work_class in WorkClass):
        pass

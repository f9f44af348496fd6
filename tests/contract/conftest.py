"""What the database promises, on SQLite and on PostgreSQL: rows, and who hears of their changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import factories
from videos.models import Task, Video
from videos.models.signals import task_changed
from vrewcraft.accounts.models import User


@pytest.fixture
def ann(request: pytest.FixtureRequest) -> User:
    """Somebody with an account; the test says which kind of database access it needs."""
    return factories.person("ann")


@pytest.fixture
def video(ann: User) -> Video:
    """A probed video."""
    return factories.ready(ann)


@pytest.fixture
def task(video: Video) -> Task:
    """A pending task that may be taken."""
    return factories.task(video)


@pytest.fixture
def received() -> Iterator[list[Task]]:
    """Every row that was announced, as it was then."""
    rows: list[Task] = []

    def hear(task: Task, **_: object) -> None:
        rows.append(task)

    task_changed.connect(hear)
    yield rows
    task_changed.disconnect(hear)

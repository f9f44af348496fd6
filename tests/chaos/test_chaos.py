"""Three minutes of what `make chaos` does for twenty: tasks survive everything, exactly once."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from tests.chaos.arrangements import ARRANGEMENTS
from tests.chaos.whole import DATABASES, Job, Run

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(300)]

SEED = 20_260
MINUTES = 3.0


class Holds(Protocol):
    """Does jobs and fails where one of their bounds is missed."""

    def __call__(self, *wanted: Job) -> None: ...


@pytest.fixture
def holds(tmp_path: Path, postgres_url: str) -> Holds:
    def check(*wanted: Job) -> None:
        findings = Run(tmp_path, postgres_url, SEED, MINUTES).all(wanted)
        assert all(each.hold for each in findings), "\n".join(each.text() for each in findings)

    return check


@pytest.mark.parametrize("letter", sorted(ARRANGEMENTS))
def test_every_edit_ends_once_whatever_is_killed_or_cancelled(holds: Holds, letter: str) -> None:
    holds(Job("cancels", letter, 12, 1), Job("storm", letter, 20, 3))


@pytest.mark.parametrize("database", DATABASES)
def test_of_two_owners_that_complete_a_task_one_wins(holds: Holds, database: str) -> None:
    holds(Job("duels", database, 60, 1))


@pytest.mark.parametrize("database", DATABASES)
def test_a_death_at_any_point_leaves_nothing_lost_or_doubled(holds: Holds, database: str) -> None:
    holds(Job("sweep", database, 12, 1))

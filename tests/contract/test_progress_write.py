"""A progress write is one statement, and its row says all that follows from it."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from progress.events import change_of
from tests import factories
from videos.core.enums import StepCode
from videos.models import QueuePause, Task, progress_write, task_state
from videos.models.queue_pause import queue_of
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db

HALF = progress_write.Advance(0.5, StepCode.ENCODING, eta_seconds=3.0, done_us=7)


def paused(owner: User | None) -> None:
    queue = queue_of(owner.pk if owner else None)
    QueuePause.objects.create(queue=queue, owner=owner)


def test_it_is_one_statement_and_gives_the_row_as_it_is_now(
    task: Task, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    claim = factories.claim(task)
    before = Task.objects.get(pk=task.pk)
    with django_assert_num_queries(1):
        given = progress_write.advance(claim, HALF)
    now = Task.objects.get(pk=task.pk)
    names = [field.attname for field in Task._meta.concrete_fields]
    assert [getattr(given, name) for name in names] == [getattr(now, name) for name in names]
    assert (now.fraction, now.step, now.eta_seconds, now.done_us) == (0.5, "encoding", 3.0, 7)
    assert now.seq == before.seq + 1
    assert now.updated_at > before.updated_at


def test_it_returns_whether_a_pause_or_a_cancel_was_requested(task: Task) -> None:
    claim = factories.claim(task)
    task_state.pause(task)
    task_state.cancel(task)
    given = progress_write.advance(claim, HALF)
    assert (given.paused, given.cancel_requested) == (True, True)


@pytest.mark.parametrize("whose", ["nobody's", "own", "another's", "everybody's"])
def test_it_returns_whether_its_queue_is_paused(task: Task, whose: str) -> None:
    claim = factories.claim(task)
    owners = {"own": task.owner, "another's": factories.person("bob"), "everybody's": None}
    if whose in owners:
        paused(owners[whose])
    row = progress_write.advance(claim, HALF)
    assert bool(row.queue_paused) is (whose in ("own", "everybody's"))


def test_its_announcement_makes_no_query(
    task: Task, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    claim = factories.claim(task)
    paused(task.owner)
    given = progress_write.advance(claim, HALF)
    with django_assert_num_queries(0):
        (event,) = change_of(given).events
    assert '"queuePaused": true' in event.text

"""A worker that has lost its task changes nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from tests import factories
from videos.core.enums import StepCode
from videos.models import Attempt, Output, Task, progress_write, task_state
from videos.models.task_queue import Claim, LostClaimError

pytestmark = pytest.mark.django_db

FAILURE = task_state.Failure("crashed", {})
WRITES: dict[str, Callable[[Claim, Task], object]] = {
    "advance": lambda claim, _: progress_write.advance(
        claim, progress_write.Advance(0.5, StepCode.COPYING)
    ),
    "complete": lambda claim, task: task_state.complete(claim, [factories.output(task)]),
    "fail": lambda claim, _: task_state.fail(claim, FAILURE),
    "try_again": lambda claim, _: task_state.schedule_retry(claim, FAILURE, 1),
    "give_back": lambda claim, _: task_state.release(claim),
    "end_cancelled": lambda claim, _: task_state.end_cancelled(claim),
}
every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


def everything(task: Task) -> list[Any]:
    row = Task.objects.get(pk=task.pk)
    attempts = [model_to_dict(item) for item in row.attempts.order_by("number")]
    return [model_to_dict(row), row.seq, row.updated_at, attempts, Output.objects.count()]


def lose(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert task_state.reap() == 1


@every_write
def test_once_another_attempt_has_claimed_the_task(
    task: Task, write: Callable[[Claim, Task], object]
) -> None:
    old = factories.claim(task)
    lose(task)
    factories.claim(task, "another")
    before = everything(task)
    with pytest.raises(LostClaimError):
        write(old, task)
    assert everything(task) == before


@every_write
def test_while_the_task_waits_for_its_next_attempt(
    task: Task, write: Callable[[Claim, Task], object]
) -> None:
    old = factories.claim(task)
    lose(task)
    before = everything(task)
    with pytest.raises(LostClaimError):
        write(old, task)
    assert everything(task) == before


@every_write
@pytest.mark.parametrize("end", ["complete", "fail", "end_cancelled"])
def test_once_the_task_has_ended(
    task: Task, end: str, write: Callable[[Claim, Task], object]
) -> None:
    claim = factories.claim(task)
    WRITES[end](claim, task)
    before = everything(task)
    with pytest.raises(LostClaimError):
        write(claim, task)
    assert everything(task) == before


@every_write
def test_once_the_task_is_gone(task: Task, write: Callable[[Claim, Task], object]) -> None:
    claim = factories.claim(task)
    Task.objects.filter(pk=task.pk).delete()
    with pytest.raises(LostClaimError):
        write(claim, task)
    assert Attempt.objects.count() == 0


def test_a_lost_worker_no_longer_extends_the_lease(task: Task) -> None:
    old = factories.claim(task)
    lose(task)
    factories.claim(task, "another")
    before = everything(task)
    Task.objects.extend([old], 1000)
    assert everything(task) == before


def test_the_attempt_with_the_claim_goes_on_undisturbed(task: Task) -> None:
    lost = factories.claim(task)
    lose(task)
    held = factories.claim(task, "another")
    with pytest.raises(LostClaimError):
        task_state.fail(lost, FAILURE)
    assert task_state.complete(held, [factories.output(task)]).status == "complete"
    outcomes = [item.outcome for item in task.attempts.order_by("number")]
    assert outcomes == ["lost", "complete"]

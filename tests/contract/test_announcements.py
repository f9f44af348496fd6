"""What is told of a task: numbered, in order, and only once it is committed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.db import transaction

from tests import factories
from videos.core.enums import StepCode
from videos.models import Task, progress_write, task_state
from videos.models.signals import task_changed
from videos.models.task_queue import LostClaimError

pytestmark = pytest.mark.django_db

FAILURE = task_state.Failure("out_of_memory", {"detail": "SIGKILL"})
DEAD = "here/2/2"


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


class TestSequence:
    """`seq` rises with every change that is told."""

    @pytest.mark.django_db(transaction=True)
    def test_it_rises_through_a_whole_life(self, task: Task, received: list[Task]) -> None:
        claim = factories.claim(task)
        progress_write.advance(claim, progress_write.Advance(0.25, StepCode.COPYING))
        progress_write.advance(claim, progress_write.Advance(0.25, StepCode.COPYING))
        task_state.release(claim)
        task_state.schedule_retry(factories.claim(task), FAILURE, 0)
        task_state.fail(factories.claim(task), FAILURE)
        assert task_state.retry(task)
        factories.claim(task, DEAD)
        task_state.reap(also_workers=[DEAD])
        assert task_state.cancel(task)
        assert task_state.retry(task)
        task_state.complete(factories.claim(task), [factories.output(task)])
        reported = [row.seq for row in received]
        assert len(reported) == 15
        assert all(before < after for before, after in pairwise([task.seq, *reported]))

    def test_the_end_has_a_number_free_for_the_full_bar_before_it(self, task: Task) -> None:
        claim = factories.claim(task)
        before = now(task).seq
        task_state.complete(claim, [factories.output(task)])
        assert now(task).seq == before + 2

    def test_a_task_is_never_full_before_it_is_complete(self, task: Task) -> None:
        claim = factories.claim(task)
        progress_write.advance(claim, progress_write.Advance(1.0, StepCode.STORING))
        assert now(task).fraction < 1
        assert task_state.complete(claim, [factories.output(task)]).fraction == 1


@pytest.mark.django_db(transaction=True)
class TestAnnouncements:
    """Nobody hears of what is not committed."""

    def test_a_change_is_announced_after_the_commit(self, task: Task, received: list[Task]) -> None:
        claim = factories.claim(task)
        received.clear()
        with transaction.atomic():
            task_state.complete(claim, [factories.output(task)])
            assert received == []
        assert [(row.status, row.seq) for row in received] == [("complete", now(task).seq)]

    def test_a_change_that_is_rolled_back_is_never_announced(
        self, task: Task, received: list[Task]
    ) -> None:
        claim = factories.claim(task)
        received.clear()
        with transaction.atomic():
            task_state.fail(claim, FAILURE)
            transaction.set_rollback(True)
        assert received == []
        assert now(task).status == "processing"

    def test_a_lost_claim_announces_nothing(self, task: Task, received: list[Task]) -> None:
        claim = factories.claim(task)
        task_state.end_cancelled(claim)
        received.clear()
        with pytest.raises(LostClaimError):
            task_state.complete(claim, [factories.output(task)])
        assert received == []

    def test_a_listener_that_fails_does_not_undo_the_change(self, task: Task) -> None:
        def fails(**_: object) -> None:
            raise OSError("the listener has a problem of its own")

        task_changed.connect(fails, weak=False, dispatch_uid="fails")
        try:
            task_state.complete(factories.claim(task), [factories.output(task)])
        finally:
            task_changed.disconnect(dispatch_uid="fails")
        assert now(task).status == "complete"

    def test_each_change_is_announced_as_it_was_committed(
        self, task: Task, received: list[Task]
    ) -> None:
        claim = factories.claim(task)
        progress_write.advance(claim, progress_write.Advance(0.5, StepCode.COPYING, eta_seconds=3))
        task_state.schedule_retry(claim, FAILURE, 0)
        reported = [(row.status, row.fraction, row.step) for row in received]
        assert reported == [
            ("processing", 0, "starting"),
            ("processing", 0.5, "copying"),
            ("pending", 0, "waiting"),
        ]

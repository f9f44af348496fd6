"""How tasks end and come back: exactly one end, whatever happens at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tests import factories
from tests.contract.threads import together
from videos.models import Output, Task, Video, task_state
from videos.models.task import TERMINAL
from videos.models.task_queue import Claim, LostClaimError

pytestmark = pytest.mark.django_db

FAILURE = task_state.Failure("out_of_memory", {"detail": "SIGKILL"})
DEAD = "here/2/2"
LONG_AGO = timedelta(hours=1)
HELD_SECONDS = 10


def expire(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - LONG_AGO)


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def outcomes(task: Task) -> list[str]:
    return [item.outcome for item in task.attempts.order_by("number")]


class TestTheReaper:
    """Tasks of lost workers are delivered again, but not for ever."""

    def test_a_task_whose_lease_has_expired_is_pending_again(self, task: Task) -> None:
        factories.claim(task)
        expire(task)
        assert task_state.reap() == 1
        found = now(task)
        assert (found.status, found.worker, found.lease_until) == ("pending", "", None)
        assert (found.losses, found.failures, found.fraction) == (1, 0, 0)
        assert outcomes(task) == ["lost"]

    def test_a_task_whose_worker_lives_is_left_alone(self, task: Task) -> None:
        factories.claim(task)
        assert task_state.reap(also_workers=[DEAD]) == 0
        assert now(task).status == "processing"

    def test_a_task_of_a_dead_worker_need_not_wait_for_its_lease(self, task: Task) -> None:
        factories.claim(task, DEAD)
        assert task_state.reap(also_workers=[DEAD]) == 1
        assert now(task).status == "pending"

    def test_a_task_that_loses_every_worker_ends_with_that_reason(self, task: Task) -> None:
        for _ in range(settings.VREWCRAFT_MAX_LOSSES):
            factories.claim(task)
            expire(task)
            task_state.reap()
        found = now(task)
        assert (found.status, found.error_code) == ("error", "lost")
        assert found.error_blanks == {"count": settings.VREWCRAFT_MAX_LOSSES}
        assert outcomes(task) == ["lost"] * settings.VREWCRAFT_MAX_LOSSES

    def test_a_lost_task_that_was_to_be_cancelled_is_cancelled(self, task: Task) -> None:
        factories.claim(task)
        assert task_state.cancel(task)
        expire(task)
        assert task_state.reap() == 1
        assert now(task).status == "cancelled"

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_a_task_whose_row_is_locked_delays_no_other(self, video: Video) -> None:
        held, free = factories.task(video), factories.task(video)
        for task in (held, free):
            factories.claim(task)
            expire(task)

        def hold() -> None:
            with transaction.atomic():
                Task.objects.select_for_update().get(pk=held.pk)
                holds.set()
                assert reaped.wait(HELD_SECONDS)

        def reap() -> int:
            assert holds.wait(HELD_SECONDS)
            try:
                return task_state.reap()
            finally:
                reaped.set()

        holds, reaped = threading.Event(), threading.Event()
        assert together([hold, reap]) == [None, 1]
        assert (now(held).status, now(free).status) == ("processing", "pending")
        assert task_state.reap() == 1

    @pytest.mark.postgres
    def test_a_worker_that_hangs_in_a_transaction_locks_its_rows_no_longer_than_its_lease(
        self,
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == (f"{settings.VREWCRAFT_LEASE_SECONDS:g}s",)

    def test_a_cancel_in_the_last_moment_is_not_forgotten(self, task: Task) -> None:
        factories.claim(task)
        expire(task)
        before = Task.objects.get(pk=task.pk)
        assert task_state.cancel(task)
        assert task_state._redeliver(before)
        assert now(task).status == "cancelled"

    @pytest.mark.django_db(transaction=True)
    def test_two_reapers_count_a_loss_once(self, video: Video) -> None:
        for _ in range(5):
            task = factories.task(video)
            factories.claim(task)
            expire(task)
            assert sorted(together([task_state.reap] * 3), key=str) == [0, 0, 1]
            assert now(task).losses == 1


class TestCancelling:
    """At once where a task waits, by request where it runs."""

    def test_a_waiting_task_ends_at_once(self, task: Task) -> None:
        assert task_state.cancel(task)
        assert now(task).status == "cancelled"
        assert now(task).finished_at is not None

    def test_a_running_task_is_marked_for_cancel(self, task: Task) -> None:
        claim = factories.claim(task)
        assert task_state.cancel(task)
        assert (now(task).status, now(task).cancel_requested) == ("processing", True)
        task_state.end_cancelled(claim)
        assert now(task).status == "cancelled"
        assert outcomes(task) == ["cancelled"]

    def test_a_task_that_has_ended_cannot_be_cancelled(self, task: Task) -> None:
        task_state.complete(factories.claim(task), [factories.output(task)])
        assert not task_state.cancel(task)
        assert now(task).status == "complete"

    def test_a_cancelled_task_never_completes(self, task: Task) -> None:
        claim = factories.claim(task)
        task_state.end_cancelled(claim)
        with pytest.raises(LostClaimError):
            task_state.complete(claim, [factories.output(task)])
        assert Output.objects.count() == 0


class TestRetrying:
    """By itself after accidents, by hand after an end."""

    def test_another_try_waits_for_its_time_and_is_counted(self, task: Task) -> None:
        task_state.schedule_retry(factories.claim(task), FAILURE, 60)
        found = now(task)
        assert (found.status, found.failures, found.losses) == ("pending", 1, 0)
        assert found.not_before is not None
        assert found.not_before > timezone.now() + timedelta(seconds=50)
        assert Task.objects.claim_next("w", "copy", 20) is None
        assert [item.error_code for item in task.attempts.all()] == ["out_of_memory"]

    def test_a_shutdown_costs_no_try(self, task: Task) -> None:
        task_state.release(factories.claim(task))
        found = now(task)
        assert (found.status, found.failures, found.losses) == ("pending", 0, 0)
        assert outcomes(task) == ["shutdown"]
        assert factories.claim(task).attempt == 2

    @pytest.mark.parametrize(
        "leave",
        [task_state.release, lambda claim: task_state.schedule_retry(claim, FAILURE, 0)],
        ids=["shutdown", "failure"],
    )
    def test_a_requested_cancel_outlives_the_attempt(
        self, task: Task, leave: Callable[[Claim], None]
    ) -> None:
        claim = factories.claim(task)
        assert task_state.cancel(now(task))
        leave(claim)
        assert now(task).status == "cancelled"
        assert outcomes(task) == ["cancelled"]

    @pytest.mark.parametrize("end", ["fail", "end_cancelled"])
    def test_a_manual_retry_starts_with_a_fresh_budget(self, task: Task, end: str) -> None:
        Task.objects.filter(pk=task.pk).update(failures=2, losses=2)
        claim = factories.claim(task)
        task_state.cancel(task)
        if end == "fail":
            task_state.fail(claim, FAILURE)
        else:
            task_state.end_cancelled(claim)
        assert task_state.retry(task)
        found = now(task)
        assert (found.status, found.failures, found.losses) == ("pending", 0, 0)
        assert (found.error_code, found.error_blanks, found.cancel_requested) == ("", {}, False)
        assert found.finished_at is None
        assert factories.claim(task).attempt == 2

    def test_what_has_not_failed_is_not_retried(self, task: Task) -> None:
        assert not task_state.retry(task)
        claim = factories.claim(task)
        assert not task_state.retry(task)
        task_state.complete(claim, [factories.output(task)])
        assert not task_state.retry(task)
        assert now(task).status == "complete"

    @pytest.mark.django_db(transaction=True)
    def test_of_two_clicks_on_retry_one_counts(self, video: Video) -> None:
        task = factories.task(video)
        task_state.fail(factories.claim(task), FAILURE)
        assert sorted(together([lambda: task_state.retry(task)] * 4), key=str) == [False] * 3 + [
            True
        ]


ENDS: dict[str, Callable[[Claim, Task], object]] = {
    "complete": lambda claim, task: task_state.complete(claim, [factories.output(task)]),
    "cancel": lambda claim, _: task_state.end_cancelled(claim),
    "error": lambda claim, _: task_state.fail(claim, FAILURE),
    "shutdown": lambda claim, _: task_state.release(claim),
    "reap": lambda *_: task_state.reap(also_workers=[factories.WORKER]),
}


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """Whatever happens at the same moment, a task ends once."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("complete", "cancel"),
            ("complete", "error"),
            ("complete", "reap"),
            ("complete", "shutdown"),
            ("cancel", "error"),
            ("cancel", "reap"),
        ],
    )
    def test_of_two_ends_one_wins(self, video: Video, one: str, other: str) -> None:
        for _ in range(4):
            task = factories.task(video)
            claim = factories.claim(task)
            both = [partial(ENDS[name], claim, task) for name in (one, other)]
            lost = [end for end in together(both) if isinstance(end, Exception)]
            assert all(isinstance(error, LostClaimError) for error in lost), lost
            self.check(task)

    def test_a_cancel_and_a_complete_leave_one_end(self, video: Video) -> None:
        for _ in range(6):
            task = factories.task(video)
            claim = factories.claim(task)
            cancelled, completed = together(
                [partial(task_state.cancel, task), partial(ENDS["complete"], claim, task)]
            )
            assert isinstance(cancelled, bool)
            assert not isinstance(completed, Exception)
            assert now(task).status == "complete"
            self.check(task)

    def test_a_cancel_and_a_claim_leave_a_task_that_is_either(self, video: Video) -> None:
        for _ in range(6):
            task = factories.task(video)
            claims = partial(Task.objects.claim_next, "w", "copy", 20)
            cancelled, claim = together([partial(task_state.cancel, task), claims])
            assert cancelled is True
            found = now(task)
            if isinstance(claim, Claim):
                assert (found.status, found.cancel_requested) == ("processing", True)
                task_state.end_cancelled(claim)
            self.check(task)

    def check(self, task: Task) -> None:
        """The row, its attempts and its outputs tell the same story."""
        found = now(task)
        ended = found.status in TERMINAL
        assert ended is (found.finished_at is not None)
        assert found.outputs.count() == (1 if found.status == "complete" else 0)
        assert outcomes(task).count("complete") == found.outputs.count()
        assert "running" not in outcomes(task)

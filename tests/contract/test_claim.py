"""Which task a worker gets, and that no two workers get the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import zip_longest
from uuid import UUID

import pytest
from django.utils import timezone

from tests import factories
from tests.contract.threads import together
from videos.core.errors import AppError
from videos.models import Task, Video, task_state
from videos.models.task_queue import Claim
from videos.operations.trim import OPERATION as TRIM
from videos.services.tasks import control, forecast
from videos.services.tasks.control import TaskAction
from videos.services.tasks.enqueue import TaskRequest, enqueue
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db


def take(work_class: str = "copy") -> Claim | None:
    return Task.objects.claim_next("w", work_class, 20)


def order() -> list[UUID]:
    found: list[UUID] = []
    while claim := take():
        found.append(claim.task_id)
    return found


def aged(video: Video, seconds: float, **values: object) -> Task:
    """A task that has waited that long."""
    task = factories.task(video, **values)
    task.created_at = timezone.now() - timedelta(seconds=seconds)
    task.save(update_fields=["created_at"])
    return task


def test_the_oldest_comes_first(video: Video) -> None:
    young, old, middle = aged(video, 1), aged(video, 100), aged(video, 50)
    assert order() == [old.pk, middle.pk, young.pk]


def test_priority_comes_before_age(video: Video) -> None:
    arrival = aged(video, 1000, priority=-10)
    usual, urgent = aged(video, 100), aged(video, 1, priority=5)
    assert order() == [urgent.pk, usual.pk, arrival.pk]


def test_a_worker_takes_its_own_class_only(video: Video) -> None:
    factories.task(video, work_class="cpu")
    assert take("copy") is None
    assert take("probe") is None
    assert take("cpu") is not None


def test_a_task_whose_sources_are_not_probed_waits(video: Video) -> None:
    task = factories.task(video, claimable=False)
    assert take() is None
    Task.objects.filter(pk=task.pk).update(claimable=True)
    assert take() is not None


def test_a_task_that_backs_off_waits_for_its_time(video: Video) -> None:
    task = factories.task(video, not_before=timezone.now() + timedelta(hours=1))
    assert take() is None
    Task.objects.filter(pk=task.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    assert take() is not None


@pytest.mark.parametrize("status", ["complete", "cancelled", "error"])
def test_a_task_that_has_ended_is_not_taken(video: Video, status: str) -> None:
    factories.task(
        video,
        status=status,
        finished_at=timezone.now(),
        fraction=1 if status == "complete" else 0,
        error_code="crashed" if status == "error" else "",
    )
    assert take() is None


def test_an_empty_queue_gives_nothing(db: None) -> None:
    assert take() is None


def test_a_claim_is_a_new_attempt_with_a_lease(task: Task) -> None:
    claim = take()
    task.refresh_from_db()
    assert claim == Claim(task.pk, 1, "w")
    assert (task.status, task.attempt, task.worker) == ("processing", 1, "w")
    assert task.lease_until is not None
    left = task.lease_until - timezone.now()
    assert timedelta(seconds=10) < left <= timedelta(seconds=21)
    assert [(item.number, item.outcome) for item in task.attempts.all()] == [(1, "running")]


def test_a_heartbeat_pushes_the_lease_out(task: Task) -> None:
    claim = factories.claim(task, lease_seconds=1)
    Task.objects.extend([claim], 500)
    task.refresh_from_db()
    assert task.lease_until is not None
    assert task.lease_until > timezone.now() + timedelta(seconds=400)


def test_the_place_in_the_queue_counts_those_before_it_in_its_class(video: Video) -> None:
    first, second = aged(video, 100), aged(video, 50)
    aged(video, 200, work_class="cpu")
    urgent = aged(video, 1, priority=1)
    factories.claim(aged(video, 300))
    places = forecast.places([urgent.pk, first.pk, second.pk])
    assert [places[task.pk].position for task in (urgent, first, second)] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_get_the_same_task(video: Video) -> None:
    tasks = {factories.task(video).pk for _ in range(24)}

    def work() -> list[UUID]:
        return order()

    taken = together([work] * 6)
    claimed = [pk for share in taken if isinstance(share, list) for pk in share]
    assert [share for share in taken if isinstance(share, Exception)] == []
    assert len(claimed) == len(tasks)
    assert set(claimed) == tasks
    assert set(Task.objects.values_list("attempt", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_one_task_one_gets_it(video: Video) -> None:
    for _ in range(5):
        factories.task(video)
        assert len([claim for claim in together([take] * 6) if claim]) == 1


class TestFairness:
    """Who waits at a page comes first; among equals everybody has a turn in each round."""

    @staticmethod
    def trims(video: Video, count: int, *, batch: bool = False) -> list[Task]:
        cut = {"startTime": 1.0, "endTime": 2.0, "mode": "fast"}
        return [enqueue(TaskRequest(TRIM, video, [video], cut, batch=batch)) for _ in range(count)]

    def test_a_person_with_many_tasks_does_not_starve_one_with_one(self, video: Video) -> None:
        many = self.trims(video, 100)
        bob = factories.ready(factories.person("bob"))
        for task in many[:40]:
            factories.claim(task)
        (one,) = self.trims(bob, 1)
        assert order()[:3] == [many[40].pk, one.pk, many[41].pk]

    def test_two_people_with_many_tasks_take_turns(self, video: Video) -> None:
        bob = factories.ready(factories.person("bob"))
        ann, bob_s = self.trims(video, 4), self.trims(bob, 3)
        rounds = [task.pk for pair in zip(ann, bob_s, strict=False) for task in pair]
        assert order() == [*rounds, ann[3].pk]

    def test_one_persons_tasks_keep_their_order(self, video: Video) -> None:
        tasks = self.trims(video, 5)
        assert order() == [task.pk for task in tasks]

    def test_tasks_of_commands_wait_behind_those_of_pages(self, video: Video) -> None:
        (batch,), (asked,) = self.trims(video, 1, batch=True), self.trims(video, 1)
        assert order() == [asked.pk, batch.pk]

    def test_who_comes_back_from_a_pause_takes_turns_with_the_others(self, video: Video) -> None:
        bob = factories.ready(factories.person("bob"))
        ann = self.trims(video, 3)
        control.pause_queue_of(video.owner_id)
        bob_s = self.trims(bob, 50)
        for task in bob_s[:47]:
            factories.claim(task)
        control.resume_queue_of(video.owner_id)
        assert order() == [t.pk for pair in zip(ann, bob_s[47:], strict=True) for t in pair]

    @staticmethod
    def rounds(*queues: list[Task]) -> list[UUID]:
        """One task of each queue after the other, as long as there are any."""
        return [task.pk for turn in zip_longest(*queues) for task in turn if task]

    @staticmethod
    def started(tasks: list[Task], count: int) -> list[Task]:
        """Workers take so many of the tasks; gives the others."""
        for task in tasks[:count]:
            factories.claim(task)
        return tasks[count:]

    def test_who_comes_back_from_far_ahead_takes_turns_with_the_others(self, video: Video) -> None:
        ann = self.started(self.trims(video, 10), 5)
        control.pause_queue_of(video.owner_id)
        bob_s = self.started(self.trims(factories.ready(factories.person("bob")), 8), 2)
        control.resume_queue_of(video.owner_id)
        assert order() == self.rounds(ann, bob_s)

    def test_a_paused_task_does_not_put_its_persons_queue_off(self, video: Video) -> None:
        first, *ann = self.trims(video, 4)
        control.pause_task(first)
        control.pause_queue_of(video.owner_id)
        bob_s = self.started(self.trims(factories.ready(factories.person("bob")), 6), 3)
        control.resume_queue_of(video.owner_id)
        assert order() == self.rounds(ann, bob_s)

    @pytest.mark.parametrize("held", [True, False])
    def test_a_pause_of_the_queue_is_no_way_to_a_second_turn(
        self, video: Video, *, held: bool
    ) -> None:
        bob_s = self.trims(factories.ready(factories.person("bob")), 3)
        ann = self.started(self.trims(video, 3), 1)
        if held:
            control.pause_queue_of(video.owner_id)
        control.resume_queue_of(video.owner_id)
        assert order() == [bob_s[0].pk, *self.rounds(bob_s[1:], ann)]

    def test_resumed_tasks_take_turns_with_the_others(self, ann: User, video: Video) -> None:
        anns = self.trims(video, 10)
        for task in anns:
            control.pause_task(task)
        bob_s = self.started(self.trims(factories.ready(factories.person("bob")), 20), 10)
        newest_first = [str(task.pk) for task in reversed(anns)]
        results = control.apply_to_many(ann, TaskAction.RESUME, newest_first)
        assert [result.task_id for result in results] == newest_first
        assert order() == self.rounds(anns, bob_s)

    def test_a_resumed_task_keeps_its_turn_if_the_round_has_not_passed_it(
        self, video: Video
    ) -> None:
        ann = self.trims(video, 4)
        bob_s = self.trims(factories.ready(factories.person("bob")), 4)
        control.pause_task(ann[2])
        control.resume_task(ann[2])
        assert order() == self.rounds(ann, bob_s)

    def test_a_resumed_task_shares_no_turn_with_another_of_its_person(self, video: Video) -> None:
        ann = self.trims(video, 3)
        bob_s = self.trims(factories.ready(factories.person("bob")), 4)
        for task in ann:
            control.pause_task(task)
        (urgent,) = self.trims(video, 1)
        for task in ann:
            control.resume_task(task)
        assert order() == [bob_s[0].pk, urgent.pk, *self.rounds(ann, bob_s[1:])]

    def test_a_resumed_task_waits_for_no_round_that_its_person_has_no_part_in(
        self, video: Video
    ) -> None:
        *ann, last = self.trims(video, 6)
        control.pause_task(last)
        self.started(ann, 5)
        bob_s = self.trims(factories.ready(factories.person("bob")), 4)
        control.resume_task(last)
        assert order() == self.rounds([last], bob_s)

    def test_a_pause_of_a_task_is_no_way_to_a_second_turn(self, video: Video) -> None:
        bob_s = self.trims(factories.ready(factories.person("bob")), 2)
        ann = self.started(self.trims(video, 2), 1)
        control.pause_task(ann[0])
        control.resume_task(ann[0])
        assert order() == [bob_s[0].pk, bob_s[1].pk, ann[0].pk]

    def test_paused_tasks_do_not_delay_their_users_next_request(self, video: Video) -> None:
        for task in self.trims(video, 5):
            control.pause_task(task)
        bob_s = self.trims(factories.ready(factories.person("bob")), 3)
        urgent = self.trims(video, 1)
        assert order() == self.rounds(bob_s, urgent)

    def test_a_request_while_everybody_is_paused_joins_the_present_round(
        self, video: Video
    ) -> None:
        ann = self.started(self.trims(video, 8), 5)
        control.pause_queue_of(None)
        bob_s = self.trims(factories.ready(factories.person("bob")), 2)
        control.resume_queue_of(None)
        assert order() == self.rounds(ann, bob_s)

    def test_who_comes_back_while_everybody_is_paused_joins_the_present_round(
        self, video: Video
    ) -> None:
        ann = self.trims(video, 3)
        control.pause_queue_of(video.owner_id)
        bob_s = self.started(self.trims(factories.ready(factories.person("bob")), 6), 3)
        control.pause_queue_of(None)
        control.resume_queue_of(video.owner_id)
        control.resume_queue_of(None)
        assert order() == self.rounds(ann, bob_s)

    def test_a_task_that_comes_back_is_next_again(self, video: Video) -> None:
        first, second = self.trims(video, 2)
        task_state.release(factories.claim(first))
        assert order() == [first.pk, second.pk]


class TestPause:
    """What stands still is not taken."""

    def test_a_paused_task_is_not_taken_until_it_is_resumed(self, task: Task) -> None:
        control.pause_task(task)
        assert take() is None
        control.resume_task(task)
        assert take() is not None

    def test_a_paused_queue_affects_its_user_only(self, video: Video) -> None:
        factories.task(video)
        bobs = factories.task(factories.ready(factories.person("bob")))
        control.pause_queue_of(video.owner_id)
        assert order() == [bobs.pk]
        control.resume_queue_of(video.owner_id)
        assert take() is not None

    def test_a_pause_of_everybodys_queue_stops_all_edits_but_new_videos_are_probed(
        self, video: Video
    ) -> None:
        task = factories.task(video)
        probe = factories.task(video, operation="probe", housekeeping=True)
        control.pause_queue_of(None)
        assert order() == [probe.pk]
        control.resume_queue_of(None)
        assert order() == [task.pk]

    def test_a_paused_task_has_no_place_in_the_queue(self, video: Video) -> None:
        first, second = aged(video, 100), aged(video, 50)
        control.pause_task(first)
        places = forecast.places([first.pk, second.pk])
        assert {key: place.position for key, place in places.items()} == {second.pk: 1}

    @pytest.mark.parametrize("leave", ["shutdown", "lost"])
    def test_a_task_stays_paused_when_its_worker_goes(self, task: Task, leave: str) -> None:
        claim = factories.claim(task)
        control.pause_task(task)
        task_state.release(claim) if leave == "shutdown" else task_state.reap([claim.worker])
        task.refresh_from_db()
        assert (task.status, task.paused) == ("pending", True)
        assert take() is None

    def test_what_has_ended_is_neither_paused_nor_resumed(self, task: Task) -> None:
        task_state.end_cancelled(factories.claim(task))
        for act in (control.pause_task, control.resume_task):
            with pytest.raises(AppError, match="not_pausable"):
                act(task)

    @pytest.mark.parametrize("end", ["complete", "cancel", "fail"])
    def test_an_end_ends_the_pause(self, task: Task, end: str) -> None:
        claim = factories.claim(task)
        control.pause_task(task)
        ends: dict[str, Callable[[], object]] = {
            "complete": lambda: task_state.complete(claim, [factories.output(task)]),
            "cancel": lambda: task_state.end_cancelled(claim),
            "fail": lambda: task_state.fail(claim, task_state.Failure("crashed", {})),
        }
        ends[end]()
        task.refresh_from_db()
        assert (task.is_terminal, task.paused) == (True, False)

"""A task that decides whether a video can be used: however it ends, the video waits no longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings

from tests import factories
from videos.models import Task, Video, task_state
from videos.operations import registry as operations
from videos.services.tasks import control
from videos.services.tasks.enqueue import TaskRequest, enqueue, find_forgotten
from vrewcraft.accounts.models import User

PARAMS = {"startTime": 1.0, "endTime": 2.0, "mode": "fast"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def arriving(ann: User) -> Video:
    return factories.arriving(ann)


@pytest.fixture
def gate(arriving: Video) -> Task:
    return factories.task(arriving, operation="probe", is_gate=True, work_class="probe")


@pytest.fixture
def waiting(arriving: Video) -> Task:
    return factories.task(arriving, claimable=False, work_class="cpu")


def fail(gate: Task) -> None:
    task_state.fail(factories.claim(gate), task_state.Failure("truncated", {}))


def cancel_running(gate: Task) -> None:
    task_state.end_cancelled(factories.claim(gate))


def cancel_waiting(gate: Task) -> None:
    assert task_state.cancel(gate)


def lose_too_often(gate: Task) -> None:
    for _ in range(settings.VREWCRAFT_MAX_LOSSES):
        factories.claim(gate, "here/2/2")
        task_state.reap(also_workers=["here/2/2"])


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (fail, "truncated"),
        (cancel_running, "cancelled"),
        (cancel_waiting, "cancelled"),
        (lose_too_often, "lost"),
    ],
)
def test_a_video_whose_gate_closes_says_why_and_lets_waiting_tasks_go(
    gate: Task, waiting: Task, end: Callable[[Task], None], reason: str
) -> None:
    end(gate)
    video = Video.objects.get(pk=gate.video_id)
    waiting.refresh_from_db()
    assert (video.state, video.error_code) == ("broken", reason)
    assert (waiting.status, waiting.claimable, waiting.work_class) == ("pending", True, "probe")


def test_a_video_that_is_ready_stays_ready_when_it_is_read_again_in_vain(ann: User) -> None:
    video = factories.ready(ann)
    again = factories.task(video, operation="probe", is_gate=True, work_class="probe")
    cancel_waiting(again)
    assert Video.objects.get(pk=video.pk).state == "ready"


def test_an_ordinary_task_that_fails_leaves_its_video_alone(ann: User) -> None:
    video = factories.ready(ann)
    fail(factories.task(video))
    assert Video.objects.get(pk=video.pk).state == "ready"


def test_a_task_requested_while_the_probe_ends_is_not_forgotten(ann: User) -> None:
    stale = factories.arriving(ann)
    Video.objects.get(pk=stale.pk).become_ready(factories.probe())
    task = enqueue(TaskRequest(operations.get("trim"), stale, [stale], PARAMS))
    assert (task.claimable, task.work_class) == (True, "copy")


def test_a_task_for_a_video_that_just_broke_is_claimed_to_end_with_its_reason(ann: User) -> None:
    stale = factories.arriving(ann)
    Video.objects.get(pk=stale.pk).become_broken("truncated", {})
    task = enqueue(TaskRequest(operations.get("trim"), stale, [stale], PARAMS))
    assert (task.claimable, task.work_class) == (True, "probe")


def test_a_pending_task_that_waits_for_nothing_any_more_is_found(ann: User) -> None:
    lost = factories.task(factories.ready(ann), claimable=False, params=PARAMS)
    waits = factories.task(factories.arriving(ann), claimable=False, params=PARAMS)
    assert find_forgotten() == 1
    lost.refresh_from_db()
    waits.refresh_from_db()
    assert (lost.claimable, waits.claimable) == (True, False)


def test_a_retried_task_has_the_class_of_its_work_again(ann: User) -> None:
    task = factories.task(factories.ready(ann), work_class="probe", params=PARAMS)
    fail(task)
    control.retry_task(task)
    task.refresh_from_db()
    assert (task.status, task.work_class) == ("pending", "copy")


def test_a_probe_of_a_ready_video_that_is_tried_again_and_cancelled_leaves_it_ready(
    ann: User,
) -> None:
    video = factories.ready(ann)
    again = factories.task(video, operation="probe", is_gate=True, work_class="probe", params={})
    cancel_waiting(again)
    control.retry_task(again)
    cancel_waiting(again)
    assert Video.objects.get(pk=video.pk).state == "ready"

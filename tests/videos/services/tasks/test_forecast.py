"""When waiting tasks will begin, by what runs and what waits before them."""

from __future__ import annotations

import pytest

from tests import factories
from videos.core.enums import StepCode
from videos.models import Task, Video, WorkerBeat, progress_write
from videos.services.tasks import forecast
from vrewcraft.accounts.models import User


@pytest.fixture
def video(owner: User) -> Video:
    return factories.ready(owner)


def worker(name: str = "w", **slots: int) -> None:
    WorkerBeat(name=name, host="h", pid=1, slots=slots, version="1").beat()


def waiting(video: Video, seconds: float, work_class: str = "cpu") -> Task:
    task = factories.task(video)
    Task.objects.filter(pk=task.pk).update(expected_seconds=seconds, work_class=work_class)
    task.refresh_from_db()
    return task


def starts_in(*tasks: Task) -> list[float | None]:
    found = forecast.places([task.pk for task in tasks])
    return [found[task.pk].starts_in for task in tasks]


def test_each_waits_for_what_is_before_it(video: Video) -> None:
    worker(cpu=1)
    assert starts_in(*(waiting(video, seconds) for seconds in (10, 20, 5))) == [0, 10, 30]


def test_a_running_one_is_waited_for_as_long_as_it_says(video: Video) -> None:
    worker(cpu=1)
    claim = factories.claim(waiting(video, 100))
    progress_write.advance(claim, progress_write.Advance(0.5, StepCode.ENCODING, eta_seconds=42.0))
    assert starts_in(waiting(video, 1)) == [42]


def test_a_running_one_that_does_not_say_is_expected_to_take_as_long_as_such_do(
    video: Video,
) -> None:
    worker(cpu=1)
    factories.claim(waiting(video, 100))
    assert starts_in(waiting(video, 1)) == [100]


def test_several_slots_of_several_workers_share_the_queue(video: Video) -> None:
    worker("a", cpu=1)
    worker("b", cpu=1)
    assert starts_in(*(waiting(video, 10) for _ in range(4))) == [0, 0, 10, 10]


def test_a_copy_does_not_wait_for_encodes(video: Video) -> None:
    worker(cpu=1, copy=1)
    waiting(video, 100)
    copy = waiting(video, 1, "copy")
    assert starts_in(copy) == [0]
    assert forecast.places([copy.pk])[copy.pk].position == 1


def test_without_a_living_worker_nobody_knows(video: Video) -> None:
    task = waiting(video, 1)
    assert starts_in(task) == [None]
    assert forecast.places([task.pk])[task.pk].position == 1


def test_one_that_waits_for_its_source_has_no_time(video: Video) -> None:
    worker(cpu=1)
    task = waiting(video, 1)
    Task.objects.update(claimable=False)
    assert starts_in(task) == [None]


def test_what_is_not_pending_has_no_place(video: Video) -> None:
    task = waiting(video, 1)
    factories.claim(task)
    assert forecast.places([task.pk]) == {}

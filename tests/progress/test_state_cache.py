"""States of many tasks: what has ended is made once, and anew where it has changed."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from progress.state_cache import StateCache
from tests import factories
from videos.models import Output, Task, Video, task_state
from videos.serializers.task import TaskState
from videos.serializers.task import task_state as serialized
from vrewcraft.accounts.models import User


@pytest.fixture
def video(owner: User) -> Video:
    return factories.ready(owner)


def complete(video: Video) -> Task:
    task = factories.task(video)
    return task_state.complete(factories.claim(task), [factories.output(task)])


def newest(states: StateCache, count: int = 100) -> list[TaskState]:
    return states.newest(Task.objects.all(), count)


def test_it_gives_the_state_of_each_task_newest_first(video: Video) -> None:
    tasks = [complete(video), factories.task(video), complete(video)]
    reported = [serialized(Task.objects.get(pk=task.pk)) for task in reversed(tasks)]
    states = StateCache()
    assert newest(states) == reported
    assert newest(states) == reported


def test_what_has_ended_is_not_read_again(
    video: Video, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    states = StateCache()
    for _ in range(3):
        complete(video)
    newest(states)
    with django_assert_num_queries(1):
        assert len(newest(states)) == 3


def test_what_changed_after_its_end_is_read_again(video: Video) -> None:
    states = StateCache()
    task = complete(video)
    assert len(newest(states)[0]["outputs"]) == 1
    Output.objects.update(deleted_at=timezone.now())
    task_state.outputs_changed(task.pk)
    assert newest(states)[0]["outputs"] == []


def test_what_has_not_ended_is_read_each_time_however_old(video: Video) -> None:
    states = StateCache()
    waiting = factories.task(video)
    complete(video)
    assert newest(states, 1)[-1]["queuePosition"] == 1
    Task.objects.filter(pk=waiting.pk).update(expected_seconds=7)
    assert newest(states, 1)[-1]["expectedSeconds"] == 7


def test_one_that_is_tried_again_is_read_again(video: Video) -> None:
    states = StateCache()
    task = factories.task(video)
    task_state.fail(factories.claim(task), task_state.Failure("crash", {}))
    assert newest(states)[0]["status"] == "error"
    task_state.retry(Task.objects.get(pk=task.pk))
    assert newest(states)[0]["status"] == "pending"


def test_it_remembers_no_more_than_it_may(
    video: Video, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    states = StateCache(most=2)
    for _ in range(3):
        complete(video)
    assert len(newest(states)) == 3
    with django_assert_num_queries(2):  # there may be older ones that have not ended
        assert len(newest(states, 2)) == 2
    assert len(newest(states)) == 3

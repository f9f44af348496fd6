"""Idempotency-Key: however often and however fast a request comes, one task."""

from __future__ import annotations

from functools import partial

import pytest

from tests import factories
from tests.contract.threads import together
from videos import actions
from videos.actions import Requested
from videos.errors import Refusal
from videos.models import Task, Video
from videos.operations.trim import OPERATION as TRIM

pytestmark = pytest.mark.django_db

CUT = {"startTime": 1.0, "endTime": 2.0}


def ask(video: Video, *, key: str | None = "k", **data: float) -> Requested:
    return actions.request_edit(video, TRIM, {**CUT, **data}, idempotency_key=key)


def test_the_same_request_gives_the_same_task(video: Video) -> None:
    assert ask(video).task == ask(video).task
    assert Task.objects.count() == 1


def test_without_a_key_each_request_is_a_task(video: Video) -> None:
    assert ask(video, key=None).task != ask(video, key=None).task


def test_another_request_under_the_same_key_is_refused(video: Video) -> None:
    ask(video)
    for other in (partial(ask, video, endTime=3.0), partial(ask, factories.ready(video.owner))):
        with pytest.raises(Refusal, match="key_reused") as caught:
            other()
        assert caught.value.status == 422
    assert Task.objects.count() == 1


def test_a_key_still_holds_after_the_task_has_ended(video: Video) -> None:
    task = ask(video).task
    actions.cancel_task(task)
    assert ask(video).task == task


def test_the_same_key_of_two_people_is_two_keys(video: Video) -> None:
    assert ask(video).task != ask(factories.ready(factories.person("bob"))).task


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_with_one_key_make_one_task(video: Video) -> None:
    for number in range(4):
        answers = together([partial(ask, video, key=f"k{number}")] * 6)
        tasks = {answer.task.pk for answer in answers if isinstance(answer, Requested)}
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        assert len(tasks) == 1
    assert Task.objects.count() == 4
    assert {task.source_links.count() for task in Task.objects.all()} == {1}


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_without_a_key_make_a_task_each(video: Video) -> None:
    answers = together([partial(ask, video, key=None)] * 4)
    assert len({answer.task.pk for answer in answers if isinstance(answer, Requested)}) == 4

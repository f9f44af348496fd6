"""Idempotency-Key: however often and however fast a request comes, one task."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests import factories
from tests.contract.threads import together
from videos.core.errors import AppError
from videos.models import Task, Video, task_state
from videos.operations.trim import OPERATION as TRIM
from videos.services.tasks import control, requests
from videos.services.tasks.requests import EditResult
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db

CUT = {"startTime": 1.0, "endTime": 2.0}


def ask(
    video: Video, *, key: str | None = "k", again: bool = False, **data: float | str
) -> EditResult:
    return requests.request_edit(video, TRIM, {**CUT, **data}, idempotency_key=key, again=again)


def test_the_same_request_gives_the_same_task(video: Video) -> None:
    assert ask(video).task == ask(video).task
    assert Task.objects.count() == 1


def test_without_a_key_each_request_is_a_task(video: Video) -> None:
    assert ask(video, key=None).task != ask(video, key=None).task


def test_another_request_under_the_same_key_is_refused(video: Video) -> None:
    ask(video)
    for other in (partial(ask, video, endTime=3.0), partial(ask, factories.ready(video.owner))):
        with pytest.raises(AppError, match="key_reused") as caught:
            other()
        assert caught.value.status == 422
    assert Task.objects.count() == 1


def test_a_key_still_holds_after_the_task_has_ended(video: Video) -> None:
    task = ask(video).task
    control.cancel_task(task)
    assert ask(video).task == task


def test_the_same_key_of_two_people_is_two_keys(video: Video) -> None:
    assert ask(video).task != ask(factories.ready(factories.person("bob"))).task


def broken(video: Video) -> None:
    video.become_broken("truncated", {})


def probed(video: Video) -> None:
    video.become_ready(factories.probe())


# 60 s are too much for the 4 s of the clip; the probe brings 4.001 down to 4.
@pytest.mark.parametrize("end", [2.0, 4.001, 60.0])
@pytest.mark.parametrize("change", [probed, broken])
def test_a_retry_is_answered_whatever_became_of_the_video(
    ann: User, end: float, change: Callable[[Video], None]
) -> None:
    video = factories.arriving(ann)
    task = ask(video, endTime=end).task
    change(video)
    again = ask(Video.objects.get(pk=video.pk), endTime=end)
    assert (again.task, again.is_reused) == (task, False)
    assert Task.objects.count() == 1


def test_a_retry_by_a_form_is_answered_whatever_became_of_the_video(ann: User) -> None:
    video = factories.arriving(ann)
    tasks = []
    for _ in range(2):
        form = requests.edit_form(video, TRIM, {"startTime": "1", "endTime": "60"})
        tasks.append(requests.request_edit_by_form(video, TRIM, form, key="k").task)
        probed(video)
    assert tasks[0] == tasks[1]


def test_a_form_that_was_changed_is_another_request_and_that_again_the_same(video: Video) -> None:
    def press(end: str) -> Task:
        form = requests.edit_form(video, TRIM, {"startTime": "1", "endTime": end})
        return requests.request_edit_by_form(video, TRIM, form, key="k").task

    assert press("2") == press("2") != press("3")
    assert press("3") == press("3") != press("2")
    assert Task.objects.count() == 2


def test_a_request_is_compared_as_it_was_sent(video: Video) -> None:
    ask(video)
    for other in (partial(ask, video, mode="fast"), partial(ask, video, again=True)):
        with pytest.raises(AppError, match="key_reused"):
            other()


def test_of_rows_from_before_video_and_operation_are_compared(video: Video) -> None:
    task = factories.task(video, idempotency_key="k")
    assert ask(video, endTime=3.0).task == task
    with pytest.raises(AppError, match="key_reused"):
        ask(factories.ready(video.owner))


def test_data_that_no_form_takes_is_refused_with_a_key_too(video: Video) -> None:
    data: list[object] = []
    for _ in range(100_000):
        data = [data]
    with pytest.raises(AppError, match="bad_json"):
        requests.request_edit(video, TRIM, {"startTime": data}, idempotency_key="k")


def test_a_rerun_under_one_key_is_one_task(task: Task) -> None:
    task_state.cancel(task)
    new, same = (requests.rerun_task(task, key="k") for _ in range(2))
    assert new == same != task
    assert requests.rerun_task(new, key="k") not in (task, new)
    assert requests.rerun_task(task) not in (task, new)


def test_a_sample_under_one_key_is_one_video(ann: User) -> None:
    assert requests.request_sample(ann, key="k") == requests.request_sample(ann, key="k")
    assert Video.objects.count() == 1
    bob = factories.person("bob")
    others = [requests.request_sample(*who) for who in ((ann,), (ann,), (bob,))]
    others.append(requests.request_sample(bob, key="k"))
    assert Video.objects.count() == 5
    assert len({task.video_id for task in others}) == 4


@pytest.mark.django_db(transaction=True)
def test_simultaneous_clicks_make_one_sample_and_one_rerun(ann: User, task: Task) -> None:
    for click in (
        partial(requests.request_sample, ann, key="k"),
        partial(requests.rerun_task, task, key="k"),
    ):
        answers = together([click] * 6)
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        assert len({answer.pk for answer in answers if isinstance(answer, Task)}) == 1
    assert (Video.objects.count(), Task.objects.count()) == (2, 3)


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_requests_under_one_key_one_is_taken(video: Video) -> None:
    answers = together([partial(ask, video, endTime=2.0 + number) for number in range(2)] * 3)
    codes = {answer.code for answer in answers if isinstance(answer, AppError)}
    tasks = {answer.task.pk for answer in answers if isinstance(answer, EditResult)}
    assert (codes, len(tasks), Task.objects.count()) == ({"key_reused"}, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_with_one_key_make_one_task(video: Video) -> None:
    for number in range(4):
        answers = together([partial(ask, video, key=f"k{number}")] * 6)
        tasks = {answer.task.pk for answer in answers if isinstance(answer, EditResult)}
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        assert len(tasks) == 1
    assert Task.objects.count() == 4
    assert {task.source_links.count() for task in Task.objects.all()} == {1}


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_without_a_key_make_a_task_each(video: Video) -> None:
    answers = together([partial(ask, video, key=None)] * 4)
    assert len({answer.task.pk for answer in answers if isinstance(answer, EditResult)}) == 4

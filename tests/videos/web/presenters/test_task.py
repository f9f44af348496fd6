"""What a task's card shows, and what its bar says."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from videos.core.enums import StepCode
from videos.models import Task, progress_write, task_state
from videos.operations.outputs import IMAGE
from videos.services.tasks import control
from videos.web.presenters.task import Bar, task_rows
from vrewcraft.accounts.models import User


@pytest.fixture
def task(owner: User) -> Task:
    """An edit that waits."""
    return factories.task(factories.ready(owner))


def row(task: Task) -> dict[str, Any]:
    (found,) = task_rows([Task.objects.for_lists().get(pk=task.pk)])
    return found


def run(task: Task, fraction: float, *, indeterminate: bool = False) -> None:
    claim = factories.claim(task)
    now = progress_write.Advance(fraction, StepCode.ENCODING, indeterminate=indeterminate)
    progress_write.advance(claim, now)


def test_a_row_links_its_video(task: Task) -> None:
    found = row(task)
    assert (found["video_name"], found["video_url"]) == ("clip.mp4", f"/videos/{task.video_id}/")


def test_a_waiting_one_says_so_without_a_bar(task: Task) -> None:
    found = row(task)
    assert (found["status_word"], found["verbs"]) == ("PENDING", ["cancel", "pause"])
    assert found["bar"] == Bar("Waiting for its turn...", "", moves=False)


def test_a_running_one_shows_whole_percent_of_what_is_done(task: Task) -> None:
    run(task, 0.4299)
    assert row(task)["bar"] == Bar("Trimming video...", "42", moves=True)


def test_nothing_is_done_is_a_number_too(task: Task) -> None:
    run(task, 0)
    assert row(task)["bar"].percent == "0"


def test_what_is_not_known_is_no_number(task: Task) -> None:
    run(task, 0, indeterminate=True)
    assert row(task)["bar"] == Bar("Trimming video...", "", moves=True)


def test_a_paused_one_keeps_its_percent(task: Task) -> None:
    run(task, 0.5)
    control.pause_task(task)
    found = row(task)
    assert found["bar"] == Bar("Paused", "50", moves=True)
    assert found["verbs"] == ["cancel", "resume"]


def test_one_paused_with_its_queue_says_that(task: Task, owner: User) -> None:
    control.pause_queue(owner)
    assert row(task)["bar"] == Bar("Paused with the whole queue", "", moves=False)


def test_a_cancelled_one_can_be_tried_again(task: Task) -> None:
    task_state.cancel(task)
    found = row(task)
    assert (found["bar"], found["verbs"]) == (Bar("", "", moves=False), ["retry"])


def test_a_complete_one_needs_nothing(task: Task) -> None:
    picture = factories.output(task, kind=IMAGE)
    task_state.complete(factories.claim(task), [picture])
    found = row(task)
    assert (found["bar"], found["verbs"]) == (Bar("Complete!", "100", moves=False), [])
    assert [each["name"] for each in found["pictures"]] == [picture.name]

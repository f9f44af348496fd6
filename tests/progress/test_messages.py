"""Every message that is sent is what progress/messages.py declares: each field, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from progress import snapshots
from progress.events import (
    change_of,
    change_of_upload,
    change_of_video,
    degraded_message,
    message,
)
from progress.messages import SERVER_MESSAGES
from progress.queue_positions import QueuePositions
from tests import factories
from tests.schemas import fits
from videos.core.enums import StepCode
from videos.models import Task, Upload, Video, progress_write, task_state
from videos.models.progress_write import Advance
from videos.models.task_state import Failure
from videos.serializers.attempt import AttemptState, attempt_state
from videos.serializers.error import english_error
from videos.serializers.video import VideoDetail, video_detail
from videos.services.library import deletion


def waiting(task: Task) -> Task:
    return task


def running(task: Task) -> Task:
    claim = factories.claim(task)
    progress_write.advance(claim, Advance(0.5, StepCode.ENCODING, eta_seconds=7.5))
    return Task.objects.get(pk=task.pk)


def complete(task: Task) -> Task:
    return task_state.complete(factories.claim(task), [factories.output(task)])


def failed(task: Task) -> Task:
    task_state.fail(factories.claim(task), Failure("crashed", {}, ""))
    return Task.objects.get(pk=task.pk)


def cancelled(task: Task) -> Task:
    task_state.cancel(task)
    return Task.objects.get(pk=task.pk)


STATES: dict[str, Callable[[Task], Task]] = {
    each.__name__: each for each in (waiting, running, complete, failed, cancelled)
}


@pytest.fixture(params=STATES)
def task(request: pytest.FixtureRequest, video: Video) -> Task:
    """A task in each of its states."""
    return STATES[request.param](factories.task(video))


def is_declared(text: str) -> bool:
    said = json.loads(text)
    return fits(said["data"], *SERVER_MESSAGES[said["type"]])


def test_of_a_task_in_each_of_its_states(task: Task) -> None:
    events = change_of(task).events
    assert events
    assert all(is_declared(event.text) for event in events)


def test_of_housekeeping(video: Video) -> None:
    probe = factories.task(video, operation="probe", params={}, housekeeping=True)
    texts = [event.text for event in change_of(probe).events + change_of(failed(probe)).events]
    assert {json.loads(text)["type"] for text in texts} == {"task", "error"}
    assert all(map(is_declared, texts))


def test_of_a_video_that_is_there_broken_and_deleted(video: Video) -> None:
    texts = [change_of_video(video).events[0].text]
    video.become_broken("empty_file", {})
    texts.append(change_of_video(video).events[0].text)
    deletion.delete_video(video)
    texts.append(change_of_video(video).events[0].text)
    assert all(map(is_declared, texts))


@pytest.mark.parametrize("length", [None, 100])
def test_of_an_upload(video: Video, length: int | None) -> None:
    upload = Upload.objects.create(video=video, method="tus", length=length, received=10)
    assert is_declared(change_of_upload(upload).events[0].text)


def test_of_a_snapshot(video: Video, task: Task) -> None:
    found = snapshots.of_video(video.owner, video.pk)
    assert found is not None
    assert is_declared(message("subscribed", str(video.pk), dict(found[0])))
    assert is_declared(message("subscribed", "*", dict(snapshots.of_user(video.owner)[0])))


def test_of_the_queue(video: Video) -> None:
    factories.task(video)
    (change,) = QueuePositions().changes({f"video.{video.pk}"})
    assert is_declared(change.events[0].text)


def test_of_no_task_or_video() -> None:
    error = message("error", None, dict(english_error("bad_message", {})))
    assert all(map(is_declared, [error, degraded_message(True)]))


def test_a_message_that_is_not_declared_is_found() -> None:
    assert not fits({"degraded": True, "more": 1}, *SERVER_MESSAGES["degraded"])
    assert not fits({"degraded": "yes"}, *SERVER_MESSAGES["degraded"])


def test_the_details_of_a_video_and_its_attempts(video: Video, task: Task) -> None:
    assert fits(video_detail(video), VideoDetail)
    assert all(fits(attempt_state(attempt), AttemptState) for attempt in task.attempts.all())

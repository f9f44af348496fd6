"""What was made before is offered instead of being made anew, unless somebody asks for that."""

from __future__ import annotations

import pytest

from tests import factories
from videos.models import Output, Task, Video, task_state
from videos.operations.trim import OPERATION as TRIM
from videos.services.tasks import requests, reuse
from videos.services.tasks.requests import EditResult
from videos.storage.publishing import publish_bytes

pytestmark = pytest.mark.django_db

CUT = {"startTime": 1.0, "endTime": 2.0}


def ask(video: Video, *, again: bool = False, **data: float) -> EditResult:
    return requests.request_edit(video, TRIM, {**CUT, **data}, again=again)


@pytest.fixture
def done(video: Video) -> Task:
    """A cut that is complete, with its file."""
    task = ask(video).task
    claim = factories.claim(task)
    source = video.as_source
    assert source is not None
    mark = reuse.fingerprint("trim", [source], Task.objects.get(pk=task.pk).params)
    Task.objects.claimed_by(claim).update(fingerprint=mark)
    output = factories.output(task)
    publish_bytes(b"a film", output.key)
    task_state.complete(claim, [output])
    return task


def test_an_equal_request_gives_the_existing_task(done: Task, video: Video) -> None:
    found = ask(video)
    assert (found.task, found.is_reused) == (done, True)
    assert Task.objects.count() == 1


def test_a_new_result_is_made_on_request(done: Task, video: Video) -> None:
    found = ask(video, again=True)
    assert (found.task != done, found.is_reused) == (True, False)


def test_other_params_and_other_videos_are_not_reused(done: Task, video: Video) -> None:
    assert not ask(video, endTime=2.5).is_reused
    assert not ask(factories.ready(video.owner)).is_reused


def test_a_result_that_was_deleted_is_made_anew(done: Task, video: Video) -> None:
    Output.objects.filter(task=done).delete()
    assert not ask(video).is_reused


def test_a_result_whose_file_is_gone_is_made_anew(done: Task, video: Video) -> None:
    Output.objects.filter(task=done).update(key="outputs/gone.mp4")
    assert not ask(video).is_reused


def test_another_version_makes_it_anew(
    done: Task, video: Video, settings: pytest.FixtureRequest
) -> None:
    settings.VREWCRAFT_VERSION = "9.9.9"  # type: ignore[attr-defined]
    assert not ask(video).is_reused


def test_an_unfinished_task_is_not_reused(video: Video) -> None:
    ask(video)
    assert not ask(video).is_reused

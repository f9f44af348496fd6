"""Tasks, videos and outputs as JSON: complete, English, the same everywhere."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from django.utils import translation

from tests import factories
from videos.core.enums import StepCode
from videos.media.probe.model import StreamInfo
from videos.models import Task, Video, progress_write, task_state
from videos.operations.outputs import POSTER
from videos.operations.trim import OPERATION as TRIM
from videos.serializers.error import error_state
from videos.serializers.output import main_url
from videos.serializers.task import TaskState, localised_states, started
from videos.serializers.task import task_state as serialized
from videos.serializers.video import StreamState, video_detail, video_state
from vrewcraft.accounts.models import User

FIELDS = {
    *("id", "name", "operation", "status", "progress", "message", "step", "etaSeconds"),
    *("queuePosition", "startsInSeconds", "seq", "outputs", "error", "videoId", "housekeeping"),
    *("attempt", "createdAt"),
}


@pytest.fixture
def video(owner: User) -> Video:
    """A probed video."""
    return factories.ready(owner)


@pytest.fixture
def task(video: Video) -> Task:
    """A pending trim."""
    return factories.task(video)


def state_of(task: Task) -> TaskState:
    found = serialized(Task.objects.get(pk=task.pk))
    assert set(found) >= FIELDS
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


def test_a_waiting_task_has_its_place(video: Video, task: Task) -> None:
    later = factories.task(video)
    assert (state_of(task)["queuePosition"], state_of(later)["queuePosition"]) == (1, 2)
    assert state_of(task)["step"] == "waiting"
    assert state_of(task)["progress"] == 0


def test_a_running_task_has_its_progress(task: Task) -> None:
    claim = factories.claim(task)
    assert state_of(task)["message"] == "Starting trim..."
    progress_write.advance(
        claim, progress_write.Advance(0.123456, StepCode.COPYING, eta_seconds=7.5)
    )
    found = state_of(task)
    assert found["message"] == "Trimming video..."
    assert (found["progress"], found["etaSeconds"]) == (12.35, 7.5)
    assert found["queuePosition"] is None


def test_a_complete_task_names_its_files(task: Task) -> None:
    output = factories.output(task, name="강의_trimmed.mp4")
    task_state.complete(factories.claim(task), [output])
    found = state_of(task)
    assert (found["progress"], found["message"]) == (100, "Trim complete")
    assert found["outputs"] == [
        {
            "id": str(output.pk),
            "url": f"/outputs/{output.pk}/%EA%B0%95%EC%9D%98_trimmed.mp4",
            "name": "강의_trimmed.mp4",
            "kind": "rendition",
            "preview": "video",
            "bytes": 10,
        }
    ]


def test_a_failed_task_says_why_and_what_to_do(task: Task) -> None:
    task_state.fail(factories.claim(task), task_state.Failure("bad_media", {"detail": "moov"}))
    assert state_of(task)["error"] == {
        "error": "The video could not be processed: moov",
        "remedy": "The file may be damaged. Try another cut, or upload the file again.",
        "code": "bad_media",
        "args": {"detail": "moov"},
    }


def test_the_wire_is_english_in_every_language(task: Task) -> None:
    task_state.fail(factories.claim(task), task_state.Failure("crashed", {}))
    english = state_of(task)
    with translation.override("ko"):
        assert state_of(task) == english
        assert started(TRIM) == "Trim started"


def test_a_page_gets_its_own_language(task: Task) -> None:
    task_state.fail(factories.claim(task), task_state.Failure("crashed", {}))
    task.refresh_from_db()
    with translation.override("ko"):
        error = localised_states([task])[0]["error"]
        assert error == error_state("crashed", {})


def test_an_operation_that_is_gone_leaves_its_tasks_readable(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(operation="gone")
    found = state_of(task)
    assert (found["name"], found["message"]) == ("Trim 00:01-00:02", "")


def test_the_main_output_is_no_poster(task: Task) -> None:
    claim = factories.claim(task)
    poster = factories.output(task, kind=POSTER, name="poster.jpg")
    film = factories.output(task)
    assert main_url(task_state.complete(claim, [poster, film])) == film.url


def test_a_sample_gives_its_new_video(video: Video) -> None:
    task = factories.task(video, operation="sample", params={})
    assert main_url(task) == f"/sources/{video.pk}/clip.mp4"


def test_a_video_before_its_probe_has_what_is_known(owner: User) -> None:
    found = video_detail(factories.arriving(owner))
    assert (found["state"], found["duration"], found["keyframes"]) == ("arriving", None, [])
    assert found["error"] is None


def test_a_probed_video_has_all_in_seconds(video: Video, task: Task) -> None:
    found = video_detail(video)
    assert (found["duration"], found["keyframes"]) == (4.0, [0, 1, 2, 3])
    assert [stream["codec"] for stream in found["streams"]] == ["h264", "aac"]
    assert [item["id"] for item in found["tasks"]] == [str(task.pk)]
    json.dumps(found, allow_nan=False)


def test_a_broken_video_says_why(owner: User) -> None:
    video = factories.arriving(owner)
    video.become_broken("empty_file", {})
    error = video_state(video)["error"]
    assert error is not None
    assert (error["code"], error["error"]) == ("empty_file", "The file is empty.")


def test_the_schema_of_a_stream_has_all_that_a_probe_finds() -> None:
    assert list(StreamState.__annotations__) == [field.name for field in fields(StreamInfo)]

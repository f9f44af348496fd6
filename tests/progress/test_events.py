"""From a task's row to the messages of the live protocol: their exact shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone, translation

from progress.events import Keep, change_of, change_of_upload, change_of_video, message
from tests import factories
from videos.core.enums import StepCode
from videos.models import Output, Task, Upload, Video, progress_write, task_state
from videos.services.library import deletion

PROGRESS = {
    "percent",
    "message",
    "taskId",
    "operation",
    "status",
    "step",
    "etaSeconds",
    "speed",
    "fps",
    "indeterminate",
    "doneSeconds",
    "doneBytes",
    "stalled",
    "paused",
    "queuePaused",
    "seq",
}
COMPLETE = {"outputUrl", "outputs", "taskId", "seq", "operation", "finishedAt"}
ERROR = {"error", "code", "remedy", "args", "taskId", "seq", "finishedAt"}
TASK = {
    "id",
    "taskId",
    "videoId",
    "videoName",
    "name",
    "detail",
    "operation",
    "housekeeping",
    "status",
    "progress",
    "message",
    "step",
    "etaSeconds",
    "indeterminate",
    "doneSeconds",
    "doneBytes",
    "stalled",
    "paused",
    "queuePaused",
    "queuePosition",
    "startsInSeconds",
    "endsInSeconds",
    "expectedSeconds",
    "attempt",
    "seq",
    "outputs",
    "error",
    "createdAt",
    "finishedAt",
}


@pytest.fixture
def clip(video: Video) -> Video:
    return video


def said(task: Task) -> list[dict[str, Any]]:
    task.refresh_from_db()
    return [json.loads(event.text) for event in change_of(task).events]


def failed(task: Task, code: str = "bad_media", **values: str) -> Task:
    task.status, task.error_code, task.error_blanks = "error", code, values
    task.seq, task.finished_at = 7, timezone.now()
    task.save()
    return task


def test_a_waiting_task_sends_its_state(clip: Video) -> None:
    task = factories.task(clip)
    (event,) = said(task)
    assert (event["type"], event["videoId"]) == ("task", str(clip.pk))
    assert set(event["data"]) == TASK
    assert event["data"]["status"] == "pending"
    assert event["data"]["queuePosition"] == 1
    assert event["data"]["taskId"] == event["data"]["id"] == str(task.pk)


def test_a_claimed_task_starts_at_0_with_its_first_words(clip: Video) -> None:
    task = factories.task(clip)
    factories.claim(task)
    (event,) = said(task)
    assert event["type"] == "progress"
    assert set(event["data"]) == PROGRESS
    assert event["data"]["percent"] == 0
    assert event["data"]["message"] == "Starting trim..."
    assert event["data"]["step"] == "starting"


def test_a_running_task_says_how_far_it_is(clip: Video) -> None:
    task = factories.task(clip)
    step = progress_write.Advance(
        fraction=0.4217,
        step=StepCode.COPYING,
        eta_seconds=3.5,
        speed=2.0,
        fps=50.0,
        done_us=1_500_000,
        done_bytes=2048,
    )
    progress_write.advance(factories.claim(task), step)
    (event,) = said(task)
    assert event["data"] == {
        "percent": 42.17,
        "message": "Trimming video...",
        "taskId": str(task.pk),
        "operation": "trim",
        "status": "processing",
        "step": "copying",
        "etaSeconds": 3.5,
        "speed": 2.0,
        "fps": 50.0,
        "indeterminate": False,
        "doneSeconds": 1.5,
        "doneBytes": 2048,
        "stalled": False,
        "paused": False,
        "queuePaused": False,
        "seq": 3,
    }


def test_100_percent_comes_immediately_before_complete(clip: Video) -> None:
    task = factories.task(clip)
    output = factories.output(task)
    task_state.complete(factories.claim(task), [output])
    hundred, complete = said(task)
    assert (hundred["type"], hundred["data"]["percent"]) == ("progress", 100)
    assert hundred["data"]["message"] == "Trim complete"
    assert complete["type"] == "complete"
    assert set(complete["data"]) == COMPLETE
    assert complete["data"]["seq"] == hundred["data"]["seq"] + 1 == 4
    assert complete["data"]["outputUrl"] == output.url
    assert complete["data"]["outputs"] == [
        {
            "id": str(output.pk),
            "url": output.url,
            "name": "clip_trimmed.mp4",
            "kind": "rendition",
            "preview": "video",
            "bytes": 10,
        }
    ]


def test_neither_of_the_last_two_may_be_skipped(clip: Video) -> None:
    task = factories.task(clip)
    task_state.complete(factories.claim(task), [factories.output(task)])
    task.refresh_from_db()
    assert [event.keep for event in change_of(task).events] == [Keep.END, Keep.END]


def test_an_error_is_one_readable_sentence_and_what_to_do(clip: Video) -> None:
    (event,) = said(failed(factories.task(clip), "disk_full"))
    assert event["type"] == "error"
    assert set(event["data"]) == ERROR
    assert event["data"]["error"] == "The disk is full."
    assert event["data"]["remedy"] == "Delete what you do not need, then try again."
    assert event["data"]["code"] == "disk_full"


def test_a_cancelled_task_sends_its_state(clip: Video) -> None:
    task = factories.task(clip)
    task_state.cancel(task)
    (event,) = said(task)
    assert (event["type"], event["data"]["status"]) == ("task", "cancelled")


def test_a_task_that_goes_back_to_the_queue_sends_its_state(clip: Video) -> None:
    task = factories.task(clip)
    task_state.release(factories.claim(task))
    (event,) = said(task)
    assert (event["data"]["status"], event["data"]["progress"]) == ("pending", 0)


@pytest.mark.parametrize("operation", ["probe", "poster"])
def test_housekeeping_sends_only_its_state(clip: Video, operation: str) -> None:
    task = factories.task(clip, operation=operation, housekeeping=True, params={})
    kinds = [said(task)[0]["type"]]
    claim = factories.claim(task)
    kinds += [event["type"] for event in said(task)]
    progress_write.advance(claim, progress_write.Advance(0.5, StepCode.PROBING))
    kinds += [event["type"] for event in said(task)]
    task_state.complete(claim, [])
    kinds += [event["type"] for event in said(task)]
    assert kinds == ["task"] * 4


def test_a_file_that_is_no_video_is_an_error(clip: Video) -> None:
    task = factories.task(clip, operation="probe", housekeeping=True, params={})
    assert [event["type"] for event in said(failed(task, "not_a_video"))] == ["task", "error"]


def test_a_poster_that_fails_troubles_nobody(clip: Video) -> None:
    task = factories.task(clip, operation="poster", housekeeping=True, params={})
    assert [event["type"] for event in said(failed(task))] == ["task"]


def test_an_event_goes_to_the_videos_group_and_its_owners(clip: Video) -> None:
    change = change_of(factories.task(clip))
    assert change.groups == (f"video.{clip.pk}", f"user.{clip.owner_id}")


def test_the_wire_is_english_whatever_language_is_active(clip: Video) -> None:
    task = factories.task(clip)
    factories.claim(task)
    with translation.override("ko"):
        (event,) = said(task)
    assert event["data"]["message"] == "Starting trim..."


def test_a_message_keeps_korean_readable_and_refuses_nan() -> None:
    assert "안녕" in message("task", "v", {"name": "안녕"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        message("progress", "v", {"percent": float("nan")})


class TestUploads:
    """How a source arrives."""

    def test_they_include_how_much_is_safe_on_disk(self, clip: Video) -> None:
        upload = Upload.objects.create(video=clip, method="tus", length=1000, received=255, seq=3)
        (event,) = change_of_upload(upload).events
        data = json.loads(event.text)["data"]
        more = {"received", "length", "bytesPerSecond"}
        assert set(data) == PROGRESS - {"paused", "queuePaused"} | more
        assert (data["percent"], data["message"], data["seq"]) == (25.5, "Uploading", 3)
        assert (data["taskId"], data["operation"], data["step"]) == (None, "upload", "uploading")
        assert event.keep is Keep.PROGRESS

    def test_all_bytes_are_not_yet_a_file_in_the_library(self, clip: Video) -> None:
        upload = Upload(video=clip, method="tus", length=1000, received=1000)
        assert upload.percent < 100
        upload.finished_at = timezone.now()
        (event,) = change_of_upload(upload).events
        assert json.loads(event.text)["data"]["percent"] == 100
        assert event.keep is Keep.END

    def test_an_empty_or_unknown_length_divides_by_nothing(self, clip: Video) -> None:
        assert Upload(video=clip, length=0).percent == 0
        assert Upload(video=clip, length=None).percent == 0


class TestVideos:
    """A library item as it is now."""

    def test_a_deleted_one_says_how_long_that_can_be_undone(self, clip: Video) -> None:
        deletion.delete_video(clip)
        change = change_of_video(clip)
        data = json.loads(change.events[0].text)["data"]
        assert (data["state"], data["deleted"]) == ("deleted", True)
        assert 9 < data["undoSeconds"] <= 10
        assert change.groups == (f"video.{clip.pk}", f"user.{clip.owner_id}")

    def test_a_restored_one_says_its_state(self, clip: Video) -> None:
        deletion.delete_video(clip)
        before = clip.seq
        restored = deletion.restore_video(clip.owner, clip.pk)
        data = json.loads(change_of_video(restored).events[0].text)["data"]
        assert (data["state"], data["deleted"], data["undoSeconds"]) == ("ready", False, None)
        assert data["seq"] > before


def test_a_deleted_result_is_sent_as_a_state_never_as_another_complete(clip: Video) -> None:
    task = factories.task(clip)
    task_state.complete(factories.claim(task), [factories.output(task)])
    deletion.delete_output(Output.objects.get(task=task))
    (event,) = change_of(Task.objects.get(pk=task.pk)).events
    reported = json.loads(event.text)
    assert (reported["type"], reported["data"]["status"]) == ("task", "complete")
    assert reported["data"]["outputs"] == []

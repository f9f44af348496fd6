"""From a request to a pending row, and what its sources decide about it."""

from __future__ import annotations

from django.utils import timezone, translation
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests import factories
from videos.models import Task, Video
from videos.models.video_index import keep_index
from videos.operations import registry as operations
from videos.operations.trim import OPERATION as TRIM
from videos.services.tasks import notify
from videos.services.tasks.enqueue import (
    TaskRequest,
    enqueue,
    index_earlier_sources,
    video_is_ready,
)
from vrewcraft.accounts.models import User

PARAMS = {"startTime": 1.0, "endTime": 2.0, "mode": "exact"}


def trim(video: Video) -> Task:
    return enqueue(TaskRequest(TRIM, video, [video], PARAMS))


def test_a_task_of_a_probed_video_may_be_taken_at_once(owner: User) -> None:
    task = trim(factories.ready(owner))
    assert (task.status, task.claimable, task.work_class) == ("pending", True, "copy")
    assert task.expected_seconds > 0
    assert task.seq == 1


def test_a_task_of_an_arriving_video_waits_for_the_probe(owner: User) -> None:
    video = factories.arriving(owner)
    task = trim(video)
    assert not task.claimable
    video.become_ready(factories.probe())
    video_is_ready(video)
    task.refresh_from_db()
    assert (task.claimable, task.work_class) == (True, "cpu")
    assert task.expected_seconds > 0


def test_a_probe_needs_no_probe(owner: User) -> None:
    video = factories.arriving(owner)
    task = enqueue(TaskRequest(operations.get("probe"), video, [video], {}))
    assert (task.claimable, task.housekeeping) == (True, True)


def test_arrival_tasks_come_by_themselves_and_after_everything_else(owner: User) -> None:
    video = factories.ready(owner)
    video_is_ready(video)
    made = {task.operation: task for task in video.tasks.all()}
    assert set(made) == {"peaks", "poster", "storyboard"}
    assert all(task.housekeeping for task in made.values())
    assert max(task.priority for task in made.values()) < trim(video).priority


def test_what_makes_no_sense_for_a_video_is_not_made(owner: User) -> None:
    silent = factories.probe(streams=factories.probe().streams[:1], keyframes=())
    video = factories.ready(owner, found=silent)
    keep_index(video.pk, factories.index().to_bytes())
    video_is_ready(video)
    assert [task.operation for task in video.tasks.all()] == ["poster"]


def test_sources_of_earlier_releases_are_indexed_once(owner: User) -> None:
    earlier, deleted = (factories.ready(owner, found=factories.probe()) for _ in range(2))
    deleted.changed(deleted_at=timezone.now())
    factories.ready(owner)
    factories.arriving(owner)
    assert (index_earlier_sources(), index_earlier_sources()) == (1, 0)
    assert [task.operation for task in earlier.tasks.all()] == ["index"]


def test_the_row_is_named_in_english_in_any_language(owner: User) -> None:
    with translation.override("ko"):
        task = trim(factories.ready(owner))
    assert task.name == "Trim 00:01-00:02"


def test_the_owner_is_the_owner_of_the_video(owner: User, stranger: User) -> None:
    assert trim(factories.ready(stranger)).owner == stranger


def test_sources_keep_their_order(owner: User) -> None:
    videos = [factories.ready(owner, f"{n}.mp4") for n in range(3)]
    task = enqueue(TaskRequest(TRIM, videos[0], videos, PARAMS))
    assert [link.video for link in task.source_links.all()] == videos


def test_workers_are_woken_after_the_commit_only(
    owner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    video = factories.ready(owner)
    before = notify.wakeups.seen("copy")
    with django_capture_on_commit_callbacks(execute=True):
        trim(video)
        assert notify.wakeups.seen("copy") == before
    assert notify.wakeups.seen("copy") == before + 1

"""What people and programs can ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests import factories
from videos.core.errors import AppError
from videos.models import Task, Upload, Video, task_state
from videos.operations.trim import OPERATION as TRIM
from videos.services.library import videos
from videos.services.tasks import control, requests
from videos.services.uploads import ingest, service
from videos.storage import inbox
from vrewcraft.accounts.models import User

CUT = {"startTime": 1.5, "endTime": 2.0}
FAILURE = task_state.Failure("truncated", {})


def arrived(content: bytes = b"content") -> Path:
    path = inbox.folder() / f"{uuid4()}.part"
    path.write_bytes(content)
    return path


class TestIngest:
    """A file that has arrived becomes a video."""

    def test_it_is_kept_as_it_is_and_probed(self, owner: User, data_dir: Path) -> None:
        video = ingest.ingest_upload(owner, arrived(), "a b.MOV")
        assert (video.name, video.state, video.bytes) == ("a b.MOV", "arriving", 7)
        assert (data_dir / "library" / video.source_key).read_bytes() == b"content"
        assert [task.operation for task in video.tasks.all()] == ["probe"]
        upload = Upload.objects.get(video=video)
        assert (upload.length, upload.received) == (7, 7)
        assert upload.finished_at is not None

    @pytest.mark.parametrize(
        ("name", "suffix"),
        [("a.MP4", ".mp4"), ("a", ""), ("a.b c", ""), ("a.비디오", ""), ("a.verylong", "")],
    )
    def test_only_a_plain_extension_reaches_the_disk(
        self, owner: User, data_dir: Path, name: str, suffix: str
    ) -> None:
        video = ingest.ingest_upload(owner, arrived(), name)
        assert Path(video.source_key).name == f"source{suffix}"

    @pytest.mark.parametrize(
        ("name", "media_type"),
        [("a.webm", "video/webm"), ("a.html", "video/mp4"), ("a.svg", "video/mp4")],
    )
    def test_whatever_its_name_it_is_served_as_a_video(
        self, owner: User, data_dir: Path, name: str, media_type: str
    ) -> None:
        assert ingest.ingest_upload(owner, arrived(), name).media_type == media_type

    def test_where_the_row_cannot_be_written_no_file_stays(
        self, owner: User, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("no database")

        monkeypatch.setattr(service, "enqueue", fail)
        with pytest.raises(RuntimeError):
            ingest.ingest_upload(owner, arrived(), "a.mp4")
        assert Video.objects.count() == 0
        assert [path for path in data_dir.rglob("*") if path.is_file()] == []


class TestLookingUp:
    """Somebody else's id and an unknown one look the same."""

    @pytest.mark.parametrize("find", [videos.find_video, control.find_task])
    def test_nobody_finds_what_is_not_theirs(
        self, owner: User, stranger: User, find: Callable[[User, str], object]
    ) -> None:
        task = factories.task(factories.ready(stranger))
        theirs = task.video_id if find is videos.find_video else task.pk
        for wanted in (str(theirs), str(uuid4()), "", "x", "../1", "\0"):
            with pytest.raises(AppError, match="not_found") as caught:
                find(owner, wanted)
            assert caught.value.status == 404

    def test_everybody_finds_their_own(self, owner: User) -> None:
        task = factories.task(factories.ready(owner))
        assert videos.find_video(owner, str(task.video_id)) == task.video
        assert control.find_task(owner, str(task.pk)) == task


class TestEditing:
    """An edit is accepted before any work begins."""

    def test_it_becomes_a_pending_task_with_its_params(self, owner: User) -> None:
        asked = requests.request_edit(factories.ready(owner), TRIM, CUT)
        assert asked.task.status == "pending"
        assert asked.task.params == {**CUT, "mode": "fast"}
        assert asked.answer == {"actualStart": 1.0, "actualEnd": 2.0}

    def test_before_the_probe_an_edit_is_accepted_without_promises(self, owner: User) -> None:
        asked = requests.request_edit(factories.arriving(owner), TRIM, CUT)
        assert not asked.task.claimable
        assert asked.answer == {}

    def test_a_broken_video_takes_no_edit_and_says_why(self, owner: User) -> None:
        video = factories.arriving(owner)
        video.become_broken("truncated", {})
        with pytest.raises(AppError, match="truncated") as caught:
            requests.request_edit(video, TRIM, CUT)
        assert caught.value.status == 409
        assert Task.objects.count() == 0

    def test_a_form_makes_the_same_task_as_a_program(self, owner: User) -> None:
        video = factories.ready(owner)
        form = requests.edit_form(video, TRIM, {"startTime": "1.5", "endTime": "2"})
        assert requests.request_edit_by_form(video, TRIM, form).task.params == {
            **CUT,
            "mode": "fast",
        }

    @pytest.mark.parametrize("slug", ["probe", "poster", "sample", "nothing", ""])
    def test_only_edits_can_be_requested(self, slug: str) -> None:
        with pytest.raises(AppError, match="unknown_operation"):
            requests.edit_operation(slug)


class TestCancelAndRetry:
    """By hand."""

    def test_what_has_ended_cannot_be_cancelled(self, owner: User) -> None:
        task = factories.task(factories.ready(owner))
        control.cancel_task(task)
        with pytest.raises(AppError, match="not_cancellable") as caught:
            control.cancel_task(task)
        assert caught.value.status == 409

    def test_what_has_not_failed_cannot_be_retried(self, owner: User) -> None:
        with pytest.raises(AppError, match="not_retryable") as caught:
            control.retry_task(factories.task(factories.ready(owner)))
        assert caught.value.status == 409

    def test_a_retried_probe_lets_the_video_arrive_again(self, owner: User) -> None:
        video = factories.arriving(owner)
        task = factories.task(video, operation="probe", params={}, is_gate=True)
        task_state.fail(factories.claim(task), FAILURE)
        control.retry_task(task)
        video.refresh_from_db()
        assert (video.state, video.error_code) == ("arriving", "")

    def test_a_rerun_is_a_new_task_like_the_old(self, owner: User) -> None:
        old = requests.request_edit(factories.ready(owner), TRIM, CUT).task
        new = requests.rerun_task(old)
        assert new.pk != old.pk
        assert (new.operation, new.params, new.video) == (old.operation, old.params, old.video)
        assert [link.video for link in new.source_links.all()] == [old.video]


def test_a_sample_is_a_video_whose_source_a_task_makes(owner: User) -> None:
    task = requests.request_sample(owner)
    assert (task.video.state, task.video.source_key) == ("arriving", "")
    assert (task.operation, task.claimable, task.housekeeping) == ("sample", True, False)

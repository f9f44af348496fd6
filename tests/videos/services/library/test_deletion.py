"""Deleting with a moment to think."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from tests import factories, media
from tests.work import drain
from videos.core.enums import StepCode
from videos.core.errors import AppError
from videos.models import Output, SubtitleFile, Task, Upload, Video, progress_write, task_state
from videos.operations.trim import OPERATION as TRIM
from videos.services.library import deletion, subtitles, videos
from videos.services.tasks import requests
from videos.services.uploads import ingest
from videos.storage import discarded, inbox, keys
from videos.storage.filesystem import FolderStore
from videos.storage.registry import store
from vrewcraft.accounts.models import User

# Most of them delete what was made for real.
pytestmark = pytest.mark.slow


def later(
    row: Video | Output | SubtitleFile, seconds: float = deletion.RETENTION_SECONDS + 1
) -> None:
    """As if the row had been deleted so long ago."""
    type(row).objects.filter(pk=row.pk).update(deleted_at=Now() - timedelta(seconds=seconds))


def files_in(folder: Path) -> list[Path]:
    """All that lies there, folders too."""
    return sorted(folder.rglob("*"))


@pytest.fixture
def clip(owner: User, data_dir: Path) -> Video:
    """A video with its poster and a trim of it, all made for real."""
    copy = inbox.folder() / f"{uuid4()}.part"
    copy.write_bytes(media.numbered().read_bytes())
    video = ingest.ingest_upload(owner, copy, "clip.mp4")
    drain()
    video.refresh_from_db()
    requests.request_edit(video, TRIM, {"startTime": 0.5, "endTime": 1.5})
    drain()
    return video


@pytest.fixture
def result(clip: Video) -> Output:
    """The trimmed film."""
    return Output.objects.get(video=clip, kind="rendition")


class TestAVideo:
    """Deleted with all that belongs to it."""

    def test_it_is_gone_for_its_owner_at_once(self, owner: User, clip: Video) -> None:
        deletion.delete_video(clip)
        assert not Video.objects.for_user(owner).exists()
        assert not Task.objects.for_user(owner).exists()
        assert not Output.objects.for_user(owner).exists()
        with pytest.raises(AppError, match="not_found"):
            videos.find_video(owner, clip.pk)

    def test_an_undo_brings_everything_back(self, owner: User, clip: Video) -> None:
        before = files_in(store().local_path(""))
        deletion.delete_video(clip)
        assert deletion.purge() == 0
        assert deletion.restore_video(owner, clip.pk).deleted_at is None
        assert videos.find_video(owner, clip.pk).tasks.count() == clip.tasks.count()
        assert files_in(store().local_path("")) == before

    def test_afterwards_nothing_is_left_on_disk_or_in_the_database(
        self, owner: User, clip: Video, data_dir: Path
    ) -> None:
        deletion.delete_video(clip)
        later(clip)
        assert deletion.purge() == 1
        assert not any(path.is_file() for path in files_in(data_dir / "library"))
        assert files_in(data_dir / "incoming") == []
        rows = [model.objects.count() for model in (Video, Upload, Task, Output)]
        assert rows == [0, 0, 0, 0]

    def test_then_it_cannot_be_restored(self, owner: User, clip: Video) -> None:
        deletion.delete_video(clip)
        later(clip)
        deletion.purge()
        with pytest.raises(AppError, match="not_found"):
            deletion.restore_video(owner, clip.pk)

    def test_what_is_due_cannot_be_restored_even_before_it_is_removed(
        self, owner: User, clip: Video
    ) -> None:
        deletion.delete_video(clip)
        later(clip)
        with pytest.raises(AppError, match="not_found"):
            deletion.restore_video(owner, clip.pk)

    def test_one_that_was_restored_in_time_keeps_its_edits(
        self, owner: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = factories.ready(owner)
        task = factories.task(video)
        monkeypatch.setattr(deletion, "_due", lambda rows: [row.pk for row in rows])
        assert deletion.purge() == 0
        task.refresh_from_db()
        assert task.status == "pending"

    def test_one_that_cannot_be_removed_does_not_keep_the_others(
        self, owner: User, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = factories.ready(owner, "other.mp4")
        for video in (clip, other):
            deletion.delete_video(video)
            later(video)
        discard = FolderStore.delete_prefix

        def refuse(store: FolderStore, prefix: str) -> None:
            if prefix == keys.source_prefix(clip.pk):
                raise PermissionError
            discard(store, prefix)

        monkeypatch.setattr(FolderStore, "delete_prefix", refuse)
        assert deletion.purge() == 1
        assert list(Video.objects.all()) == [clip]
        monkeypatch.undo()
        assert deletion.purge() == 1

    def test_no_transaction_waits_while_space_is_freed(
        self, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deletion.delete_video(clip)
        later(clip)
        open_ones = []
        free_space = discarded.free_space

        def look() -> None:
            open_ones.append(len(connection.savepoint_ids))
            assert not Video.objects.exists()
            free_space()

        before = len(connection.savepoint_ids)
        monkeypatch.setattr(discarded, "free_space", look)
        deletion.purge()
        assert open_ones == [before]

    def test_only_its_owner_can_restore_it(self, clip: Video) -> None:
        deletion.delete_video(clip)
        with pytest.raises(AppError, match="not_found"):
            deletion.restore_video(factories.person("eve"), clip.pk)

    def test_what_is_not_deleted_stays(self, owner: User, clip: Video) -> None:
        other = factories.ready(owner, "other.mp4")
        deletion.delete_video(clip)
        later(clip)
        deletion.purge()
        assert list(Video.objects.all()) == [other]

    def test_a_waiting_edit_is_cancelled_with_it(self, owner: User) -> None:
        video = factories.ready(owner)
        task = factories.task(video)
        deletion.delete_video(video)
        later(video)
        assert deletion.purge() == 1
        assert not Task.objects.filter(pk=task.pk).exists()

    def test_a_running_edit_is_cancelled_and_its_end_awaited(self, owner: User) -> None:
        video = factories.ready(owner)
        task = factories.task(video)
        claim = factories.claim(task)
        deletion.delete_video(video)
        later(video)
        assert deletion.purge() == 0
        task.refresh_from_db()
        assert task.cancel_requested
        task_state.end_cancelled(claim)
        assert deletion.purge() == 1
        assert not Video.objects.exists()

    def test_an_edit_goes_on_while_the_deletion_can_be_undone(self, owner: User) -> None:
        video = factories.ready(owner)
        claim = factories.claim(factories.task(video))
        deletion.delete_video(video)
        deletion.purge()
        progress_write.advance(claim, progress_write.Advance(0.5, StepCode.COPYING))
        assert not Task.objects.get(pk=claim.task_id).cancel_requested

    def test_its_subtitle_files_and_its_unfinished_upload_go_too(
        self, owner: User, data_dir: Path
    ) -> None:
        video = factories.arriving(owner)
        upload = Upload.objects.create(video=video, method="tus", length=10)
        inbox.part_path(upload.pk).write_bytes(b"part")
        subtitles.attach(video, b"1\n00:00:01,000 --> 00:00:02,000\nx\n", "a.srt")
        deletion.delete_video(video)
        later(video)
        deletion.purge()
        assert not any(path.is_file() for path in files_in(data_dir))


class TestAnOutput:
    """A result alone."""

    def test_it_is_hidden_and_its_task_shows_that(self, owner: User, result: Output) -> None:
        seq = result.task.seq
        deletion.delete_output(result)
        with pytest.raises(AppError, match="not_found"):
            videos.find_output(owner, result.pk)
        assert Task.objects.get(pk=result.task_id).seq > seq

    def test_an_undo_brings_it_back(self, owner: User, result: Output) -> None:
        deletion.delete_output(result)
        deletion.restore_output(owner, result.pk)
        assert videos.find_output(owner, result.pk) == result

    def test_afterwards_its_file_is_gone_and_the_others_stay(
        self, result: Output, data_dir: Path
    ) -> None:
        path = store().local_path(result.key)
        deletion.delete_output(result)
        later(result)
        assert deletion.purge() == 1
        assert not path.parent.exists()
        assert Output.objects.filter(kind="poster").exists()
        assert store().local_path(result.video.source_key).exists()

    def test_it_can_be_made_again(self, result: Output, clip: Video) -> None:
        deletion.delete_output(result)
        later(result)
        deletion.purge()
        requests.request_edit(clip, TRIM, {"startTime": 0.5, "endTime": 1.5})
        drain()
        assert Output.objects.filter(video=clip, kind="rendition").count() == 1


class TestOverHttp:
    """The API and the forms of the pages."""

    def test_a_program_deletes_and_restores_a_video(self, client: Client, clip: Video) -> None:
        answer = client.delete(f"/api/videos/{clip.pk}").json()
        assert (answer["videoId"], answer["deleted"]) == (str(clip.pk), True)
        assert 9 < answer["undoSeconds"] <= 10
        assert client.get(f"/api/videos/{clip.pk}").status_code == 404
        assert client.delete(f"/api/videos/{clip.pk}").status_code == 404
        assert client.post(f"/api/videos/{clip.pk}/restore").json()["id"] == str(clip.pk)
        assert client.get(f"/api/videos/{clip.pk}").status_code == 200

    def test_a_program_deletes_and_restores_a_result(self, client: Client, result: Output) -> None:
        answer = client.delete(f"/api/outputs/{result.pk}").json()
        assert (answer["outputId"], answer["deleted"]) == (str(result.pk), True)
        assert client.head(result.url).status_code == 404
        assert client.get(f"/api/tasks/{result.task_id}").json()["outputs"] == []
        assert client.post(f"/api/outputs/{result.pk}/restore").json()["id"] == str(result.pk)
        assert client.head(result.url).status_code == 200

    @pytest.mark.parametrize("what", ["videos", "outputs"])
    def test_unknown_and_foreign_ids_are_answered_alike(self, client: Client, what: str) -> None:
        for key in (uuid4(), "nonsense"):
            for answer in (
                client.delete(f"/api/{what}/{key}"),
                client.post(f"/api/{what}/{key}/restore"),
            ):
                assert answer.status_code == 404
                assert answer.json()["code"] == "not_found"

    def test_without_scripts_the_library_offers_to_undo(self, client: Client, clip: Video) -> None:
        answer = client.post(f"/videos/{clip.pk}/delete/")
        assert answer.status_code == 303
        undo = client.get(answer["Location"]).context["undo"]
        assert (undo.kind, undo.name) == ("video", "clip.mp4")
        assert 9 < undo.seconds <= 10
        assert client.post(undo.restore_url)["Location"] == f"/videos/{clip.pk}/"
        assert client.get(answer["Location"]).context["undo"] is None

    def test_the_page_of_a_deleted_video_offers_to_undo_that_for_a_moment(
        self, client: Client, clip: Video
    ) -> None:
        client.delete(f"/api/videos/{clip.pk}")
        answer = client.get(f"/videos/{clip.pk}/")
        assert answer.status_code == 410
        assert client.post(answer.context["undo"].restore_url).status_code == 303
        assert client.get(f"/videos/{clip.pk}/").status_code == 200

    def test_a_strangers_deleted_video_is_not_found(
        self, client: Client, clip: Video, stranger: User
    ) -> None:
        Video.objects.update(owner=stranger)
        deletion.delete_video(clip)
        assert client.get(f"/videos/{clip.pk}/").status_code == 404

    def test_without_scripts_the_video_page_offers_to_undo_a_result(
        self, client: Client, result: Output
    ) -> None:
        answer = client.post(f"/outputs/{result.pk}/delete/")
        assert answer.status_code == 303
        undo = client.get(answer["Location"]).context["undo"]
        assert (undo.kind, undo.name) == ("output", "clip_trimmed.mp4")
        assert client.post(undo.restore_url).status_code == 303
        assert client.get(f"/videos/{result.video_id}/").context["outputs"] != []

    def test_an_offer_of_nonsense_is_no_offer(self, client: Client) -> None:
        assert client.get("/?deleted=../etc").context["undo"] is None

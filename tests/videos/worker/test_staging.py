"""Edits whose sources and results lie in a bucket: fetched, stored, told of, never half there."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests import factories, media
from videos.core.enums import StepCode
from videos.media.ffmpeg.process import StopReason
from videos.models import Task, Video, progress_write, task_state
from videos.models.progress_write import Advance
from videos.models.task_queue import Claim
from videos.operations import registry as operations
from videos.services.library import deletion, subtitles
from videos.services.tasks import requests
from videos.storage import disk
from videos.storage.base import ProgressCallback, StorageDown
from videos.storage.cache import Cache
from videos.storage.keys import output_key
from videos.storage.s3 import S3Store
from videos.worker import staging
from videos.worker.attempt import AttemptRunner
from vrewcraft.accounts.models import User

pytestmark = [pytest.mark.s3, pytest.mark.slow]


@pytest.fixture
def clip(owner: User, bucket: S3Store) -> Video:
    """A probed video whose source lies in the bucket."""
    path = media.numbered()
    return factories.stored(owner, path, media.probed(path))


@pytest.fixture
def advances(monkeypatch: pytest.MonkeyPatch) -> list[Advance]:
    """Everything that is told while tasks run."""
    seen: list[Advance] = []
    advance = progress_write.advance

    def watched(claim: Claim, to: Advance) -> Task:
        seen.append(to)
        return advance(claim, to)

    monkeypatch.setattr(progress_write, "advance", watched)
    return seen


def trim(video: Video, mode: str = "fast") -> Task:
    params = {"startTime": 1.0, "endTime": 3.0, "mode": mode}
    return factories.task(video, params=params, work_class="copy" if mode == "fast" else "cpu")


def attempt(task: Task) -> Task:
    Task.objects.filter(pk=task.pk).update(not_before=None)
    AttemptRunner(factories.claim(task), lambda: None).run()
    task.refresh_from_db()
    return task


def keys(bucket: S3Store) -> list[str]:
    return [item.key for item in bucket.list()]


class TestAnEdit:
    """From the bucket, to the bucket."""

    def test_the_result_lies_in_the_bucket_under_its_attempt(
        self, bucket: S3Store, clip: Video
    ) -> None:
        task = attempt(trim(clip))
        output = task.outputs.get()
        assert (task.status, task.error_code) == ("complete", "")
        assert keys(bucket) == [f"outputs/{task.pk}/1/trimmed.mp4", clip.source_key]
        assert output.bytes == bucket.size(output.key)

    def test_its_hash_is_that_of_the_bytes_in_the_bucket(
        self, bucket: S3Store, clip: Video, tmp_path: Path
    ) -> None:
        output = attempt(trim(clip)).outputs.get()
        back = tmp_path / "back"
        back.touch()
        bucket.fetch(output.key, back)
        assert disk.sha256(back) == output.sha256

    def test_fetching_and_storing_are_steps_with_their_true_bytes(
        self, clip: Video, advances: list[Advance]
    ) -> None:
        task = attempt(trim(clip, "exact"))
        codes = list(dict.fromkeys(seen.step for seen in advances))
        assert codes == [
            StepCode.FETCHING,
            StepCode.ENCODING,
            StepCode.COPYING,
            StepCode.VERIFYING,
            StepCode.STORING,
        ]
        fractions = [seen.fraction for seen in advances]
        assert all(before <= after for before, after in pairwise(fractions))
        assert task.outputs.get().bytes > 0

    def test_the_source_is_fetched_once_for_several_edits(
        self, bucket: S3Store, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fetched: list[str] = []
        fetch = S3Store.fetch

        def watched(self: S3Store, key: str, path: Path, on_progress: ProgressCallback) -> None:
            fetched.append(key)
            fetch(self, key, path, on_progress)

        monkeypatch.setattr(S3Store, "fetch", watched)
        for _ in range(2):
            assert attempt(trim(clip)).status == "complete"
        assert fetched == [clip.source_key]

    def test_only_what_the_plan_reads_is_fetched(self, clip: Video, tmp_path: Path) -> None:
        for name in ("a.srt", "b.srt"):
            subtitles.attach(clip, b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", name)
        source = clip.as_source
        assert source is not None
        chosen = source.subtitles[1]
        params = {"subtitles": chosen.id, "size": 5, "outline": 3, "colour": "#ffffff"}
        burn = operations.get("burn_subtitles")
        plan = burn.build([source], {**params, "position": "bottom"}, tmp_path)
        wanted = [each.key for each in staging.required_files(plan, [source])]
        assert wanted == [clip.source_key, f"subtitles/{chosen.id}/source"]

    def test_subtitles_are_burned_in(self, clip: Video) -> None:
        file = subtitles.attach(clip, b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "a.srt")
        assert subtitles.track(file).startswith(b"WEBVTT")
        params = {"subtitles": str(file.pk), "size": 5, "outline": 3, "colour": "#ffffff"}
        task = factories.task(
            clip,
            operation="burn_subtitles",
            params={**params, "position": "bottom"},
            work_class="cpu",
        )
        done = attempt(task)
        assert (done.status, done.error_code) == ("complete", "")


class TestMadeBefore:
    """The same edit again."""

    def asked(self, video: Video) -> requests.EditResult:
        data = {"startTime": 1.0, "endTime": 3.0, "mode": "fast"}
        return requests.request_edit(video, operations.get("trim"), data)

    def test_it_is_offered_while_its_result_is_in_the_bucket(
        self, bucket: S3Store, clip: Video
    ) -> None:
        first = attempt(self.asked(clip).task)
        again = self.asked(clip)
        assert (again.is_reused, again.task.pk) == (True, first.pk)
        bucket.delete(first.outputs.get().key)
        assert not self.asked(clip).is_reused

    def test_it_is_made_anew_where_the_bucket_cannot_be_asked(
        self, bucket: S3Store, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attempt(self.asked(clip).task)

        def down(*_: object) -> None:
            raise StorageDown

        monkeypatch.setattr(S3Store, "list", down)
        assert not self.asked(clip).is_reused


def test_a_pause_while_storing_lasts_until_it_goes_on(
    bucket: S3Store, clip: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, put, asked = trim(clip), S3Store.put, iter([True, True, True])
    paused_at: list[bool] = []

    def watched(self: S3Store, path: Path, key: str, on_progress: ProgressCallback) -> int:
        paused_at.append(True)
        return put(self, path, key, on_progress)

    def is_paused() -> bool:
        stands = bool(paused_at) and next(asked, False)
        assert not stands or Task.objects.get(pk=task.pk).status == "processing"
        return stands

    monkeypatch.setattr(S3Store, "put", watched)
    AttemptRunner(factories.claim(task), lambda: None, is_paused).run()
    task.refresh_from_db()
    assert (task.status, next(asked, None)) == ("complete", None)


class TestTrouble:
    """Told in a sentence, tried again where that can help, nothing left behind."""

    def test_a_source_that_has_gone_is_said_so_at_once(self, bucket: S3Store, clip: Video) -> None:
        bucket.delete(clip.source_key)
        task = attempt(trim(clip))
        assert (task.status, task.error_code, task.attempt) == ("error", "file_missing", 1)

    @pytest.mark.parametrize("moving", ["fetch", "put"])
    def test_a_bucket_that_does_not_answer_is_waited_for(
        self, bucket: S3Store, clip: Video, monkeypatch: pytest.MonkeyPatch, moving: str
    ) -> None:
        def down(*_: object, **__: object) -> None:
            raise StorageDown("no route to host")

        with monkeypatch.context() as patch:
            patch.setattr(S3Store, moving, down)
            task = attempt(trim(clip))
        assert (task.status, task.failures) == ("pending", 1)
        assert task.attempts.get().error_code == "storage_down"
        assert attempt(task).status == "complete"
        assert len(keys(bucket)) == 2

    def test_a_cancel_while_storing_leaves_nothing(
        self, bucket: S3Store, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        task = trim(clip)
        put = S3Store.put

        def slow(self: S3Store, path: Path, key: str, on_progress: ProgressCallback) -> int:
            size = put(self, path, key, on_progress)
            task_state.cancel(task)
            claim_stop.append(True)
            on_progress(size)
            return size

        claim_stop: list[bool] = []
        monkeypatch.setattr(S3Store, "put", slow)
        claim = factories.claim(task)
        AttemptRunner(claim, lambda: StopReason.CANCELLED if claim_stop else None).run()
        task.refresh_from_db()
        assert task.status == "cancelled"
        assert keys(bucket) == [clip.source_key]

    def test_an_attempt_that_lost_its_claim_withdraws_what_it_stored(
        self, bucket: S3Store, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        task = trim(clip)
        put = S3Store.put

        def lost(self: S3Store, path: Path, key: str, on_progress: ProgressCallback) -> int:
            Task.objects.filter(pk=task.pk).update(attempt=2)
            return put(self, path, key)

        monkeypatch.setattr(S3Store, "put", lost)
        attempt(task)
        assert keys(bucket) == [clip.source_key]

    def test_what_a_killed_attempt_had_stored_goes_when_the_next_succeeds(
        self, bucket: S3Store, clip: Video, tmp_path: Path
    ) -> None:
        task = trim(clip)
        left = tmp_path / "left.mp4"
        left.write_bytes(b"left")
        bucket.put(left, output_key(task.pk, 1, "trimmed.mp4"))
        Task.objects.filter(pk=task.pk).update(attempt=1)
        task.refresh_from_db()
        assert attempt(task).status == "complete"
        assert keys(bucket) == [f"outputs/{task.pk}/2/trimmed.mp4", clip.source_key]

    def test_a_full_scratch_disk_is_tried_again(
        self, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Cache, "_free", lambda _cache: 0)
            task = attempt(trim(clip))
        assert (task.status, task.attempts.get().error_code) == ("pending", "disk_full")


def test_a_deleted_video_leaves_nothing_in_the_bucket(
    owner: User, bucket: S3Store, clip: Video
) -> None:
    subtitles.attach(clip, b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "a.srt")
    attempt(trim(clip))
    assert len(keys(bucket)) == 4
    deletion.delete_video(clip)
    Video.objects.filter(pk=clip.pk).update(deleted_at="2020-01-01T00:00:00Z")
    assert deletion.purge() == 1
    assert keys(bucket) == []


def test_a_deleted_output_leaves_the_bucket_and_the_source_stays(
    owner: User, bucket: S3Store, clip: Video
) -> None:
    output = attempt(trim(clip)).outputs.get()
    deletion.delete_output(output)
    type(output).objects.filter(pk=output.pk).update(deleted_at="2020-01-01T00:00:00Z")
    assert deletion.purge() == 1
    assert keys(bucket) == [clip.source_key]

"""Every row has its file and every file its row, in a folder and in a bucket."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests import factories
from tests.servers.s3 import S3Server
from videos.models import Output, SubtitleFile, Task, Video
from videos.services.library import audit, repair
from videos.services.library.audit import Fault
from videos.services.library.subtitles import attach, track
from videos.storage import disk, inbox, keys, publishing, registry
from videos.storage.base import StorageDown
from videos.storage.s3 import S3Store
from vrewcraft.accounts.models import User

ANY_AGE = timedelta(seconds=-60)
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nhello\n"


@pytest.fixture(params=["local", pytest.param("s3", marks=[pytest.mark.s3, pytest.mark.slow])])
def where(request: pytest.FixtureRequest) -> str:
    """The library as a folder, then as a bucket."""
    request.getfixturevalue("data_dir" if request.param == "local" else "bucket")
    return str(request.param)


@pytest.fixture
def video(owner: User, where: str, tmp_path: Path) -> Video:
    """A video with its source."""
    path = tmp_path / "source.mp4"
    path.write_bytes(b"a film")
    return factories.stored(owner, path, factories.probe())


@pytest.fixture
def output(video: Video) -> Output:
    """A result of it."""
    task = factories.task(video, status="complete", finished_at="2026-01-01T00:00:00Z")
    key = keys.output_key(task.pk, 1, "trimmed.mp4")
    made = factories.output(task, key=key, bytes=4)
    path = inbox.folder() / "made.part"
    path.write_bytes(b"made")
    made.sha256 = disk.sha256(path)
    publishing.publish(path, key)
    made.save()
    return made


@pytest.fixture
def subtitles(video: Video) -> SubtitleFile:
    """Subtitles of it."""
    return attach(video, SRT, "a.srt")


def put(content: bytes, key: str) -> str:
    """A file in the library, behind the rows' back."""
    publishing.publish_bytes(content, key)
    return key


def faults(*, deep: bool = False) -> list[tuple[Fault, str]]:
    found = audit.check(deep=deep, grace=ANY_AGE).findings
    return [(each.fault, each.key) for each in found]


def storage_check(*words: str) -> None:
    call_command("storage", "check", "--grace", "0", *words)


@pytest.mark.usefixtures("where")
class TestFindings:
    """What is said of it."""

    def test_a_library_in_order_has_none(
        self, video: Video, output: Output, subtitles: SubtitleFile
    ) -> None:
        report = audit.check(deep=True, grace=ANY_AGE)
        assert report.findings == []
        assert report.files == 4
        assert report.bytes >= video.bytes + output.bytes + subtitles.bytes

    def test_a_row_whose_file_is_gone(self, video: Video, output: Output) -> None:
        registry.store().delete(output.key)
        registry.store().delete(video.source_key)
        assert set(faults()) == {
            (Fault.MISSING, output.key),
            (Fault.MISSING, video.source_key),
        }

    def test_a_file_of_another_size(self, output: Output) -> None:
        put(b"made!", output.key)
        assert faults() == [(Fault.SIZE, output.key)]

    def test_other_bytes_of_the_same_size_are_found_by_reading_them(self, output: Output) -> None:
        put(b"fake", output.key)
        assert faults() == []
        assert faults(deep=True) == [(Fault.HASH, output.key)]

    def test_a_file_without_a_row(self, video: Video) -> None:
        key = put(b"stray", keys.output_key(uuid4(), 1, "stray.mp4"))
        assert faults() == [(Fault.STRAY, key)]

    def test_a_young_one_may_be_on_its_way_to_its_row(self, video: Video) -> None:
        put(b"stray", keys.output_key(uuid4(), 1, "stray.mp4"))
        assert audit.check().findings == []

    def test_what_a_running_attempt_makes_is_not_judged(self, video: Video) -> None:
        claim = factories.claim(factories.task(video))
        put(b"half", keys.output_key(claim.task_id, claim.attempt, "trimmed.mp4"))
        assert faults() == []
        Task.objects.update(attempt=2)
        assert len(faults()) == 1

    def test_a_missing_track_and_one_of_an_earlier_encoding(self, subtitles: SubtitleFile) -> None:
        put(b"WEBVTT", f"subtitles/{subtitles.pk}/cp949.vtt")
        registry.store().delete(subtitles.track_key)
        assert faults() == [(Fault.TRACK, subtitles.track_key)]


@pytest.mark.usefixtures("where")
class TestTheCommand:
    """Its exit code says whether all is well; it deletes nothing unasked."""

    def test_all_is_well(self, output: Output, capsys: pytest.CaptureFixture[str]) -> None:
        storage_check("--deep")
        assert "2 files" in capsys.readouterr().out

    def test_not_all_is_well(self, output: Output, capsys: pytest.CaptureFixture[str]) -> None:
        registry.store().delete(output.key)
        with pytest.raises(CommandError, match="1 problems"):
            storage_check()
        assert f"file missing: {output.key}" in capsys.readouterr().out

    @pytest.mark.parametrize(("answer", "kept"), [("", True), ("n", True), ("y", False)])
    def test_repair_asks_before_it_deletes(
        self, video: Video, monkeypatch: pytest.MonkeyPatch, answer: str, kept: bool
    ) -> None:
        key = put(b"stray", keys.output_key(uuid4(), 1, "stray.mp4"))
        time.sleep(0.01)
        asked: list[str] = []

        def ask(question: str) -> str:
            asked.append(question)
            return answer

        monkeypatch.setattr("builtins.input", ask)
        if kept:
            with pytest.raises(CommandError):
                storage_check("--repair")
        else:
            storage_check("--repair")
        assert "Delete 1 orphaned files" in asked[0]
        assert registry.store().exists(key) is kept

    def test_where_nobody_can_answer_nothing_is_deleted(
        self, video: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def ask(_question: str) -> str:
            raise EOFError

        key = put(b"stray", keys.output_key(uuid4(), 1, "stray.mp4"))
        monkeypatch.setattr("builtins.input", ask)
        with pytest.raises(CommandError):
            storage_check("--repair")
        assert registry.store().exists(key)

    @pytest.mark.django_db(transaction=True)
    def test_with_yes_everything_is_put_right(
        self, video: Video, output: Output, subtitles: SubtitleFile
    ) -> None:
        stray = put(b"stray", keys.output_key(uuid4(), 1, "stray.mp4"))
        put(b"short", output.key)
        registry.store().delete(subtitles.track_key)
        storage_check("--repair", "--yes")
        assert not registry.store().exists(stray)
        assert not Output.objects.exists()
        assert track(subtitles).startswith(b"WEBVTT")
        assert faults(deep=True) == []

    def test_a_video_without_its_source_says_so_and_is_not_deleted(
        self, video: Video, output: Output
    ) -> None:
        registry.store().delete(video.source_key)
        with pytest.raises(CommandError):
            storage_check("--repair", "--yes")
        video.refresh_from_db()
        assert (video.state, video.error_code) == ("broken", "file_missing")
        assert registry.store().exists(output.key)


def test_old_files_without_a_row_are_distinguished_from_young_ones(
    owner: User, data_dir: Path
) -> None:
    key = put(b"stray", keys.output_key(uuid4(), 1, "stray.mp4"))
    assert audit.check().findings == []
    assert [each.key for each in audit.check(grace=ANY_AGE).findings] == [key]


def test_a_file_that_got_its_row_meanwhile_is_not_deleted(owner: User, data_dir: Path) -> None:
    key = put(b"stray", keys.output_key(uuid4(), 1, "stray.mp4"))
    found = audit.check(grace=ANY_AGE).findings
    factories.output(factories.task(factories.arriving(owner)), key=key).save()
    repair.delete_files(found)
    assert registry.store().exists(key)


@pytest.mark.s3
@pytest.mark.slow
class TestABucket:
    """What only a bucket has."""

    def test_parts_that_never_ended_are_found_and_given_up(
        self, owner: User, bucket: S3Store, s3_server: S3Server
    ) -> None:
        key = keys.output_key(uuid4(), 1, "a.mp4")
        s3_server.client().create_multipart_upload(Bucket=bucket.name, Key=key)
        assert faults() == [(Fault.UNFINISHED, key)]
        repair.delete_files(audit.check(grace=ANY_AGE).findings)
        assert faults() == []

    def test_one_that_does_not_answer_is_not_well(
        self, owner: User, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(_bucket: S3Store, _prefix: str = "") -> None:
            raise StorageDown("no route to host")

        monkeypatch.setattr(S3Store, "list", down)
        assert registry.store() is bucket
        with pytest.raises(CommandError, match="is not responding"):
            storage_check()

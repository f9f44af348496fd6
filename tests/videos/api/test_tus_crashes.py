"""What a crash leaves behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable

import pytest

from tests.tus_raw import CONTENT, Tus, refused, upload_of
from videos.models import Task, Upload, Video
from videos.services.uploads import service
from videos.storage import inbox, keys, publishing
from videos.storage.registry import store


class TestCrashes:
    """Row and file part ways only by a crash; the next request brings them together."""

    def test_bytes_that_were_not_acknowledged_are_written_over(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        with inbox.part_path(upload_of(begun).pk).open("ab") as file:
            file.write(b"half a chunk that was never counted" * 1000)
        assert tus.ask("HEAD", begun)["Upload-Offset"] == "100"
        tus.patch(begun, CONTENT[100:], 100)
        assert store().local_path(Video.objects.get().source_key).read_bytes() == CONTENT

    def test_bytes_that_the_disk_lost_are_requested_again(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        os.truncate(inbox.part_path(upload_of(begun).pk), 60)
        assert tus.ask("HEAD", begun)["Upload-Offset"] == "60"
        assert tus.patch(begun, CONTENT[60:], 60).status_code == 204

    def test_the_lost_end_of_a_whole_file_is_requested_again(self, tus: Tus, begun: str) -> None:
        inbox.part_path(upload_of(begun).pk).write_bytes(CONTENT[:-7])
        Upload.objects.update(received=len(CONTENT))
        at = len(CONTENT) - 7
        assert tus.ask("HEAD", begun)["Upload-Offset"] == str(at)
        assert tus.patch(begun, CONTENT[at:], at).status_code == 204
        assert store().local_path(Video.objects.get().source_key).read_bytes() == CONTENT

    def test_a_head_request_disturbs_no_writer(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        with inbox.part_path(upload_of(begun).pk).open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            assert tus.ask("HEAD", begun)["Upload-Offset"] == "100"

    def test_a_video_that_is_removed_meanwhile_is_not_found(
        self, tus: Tus, begun: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settle = service.settle

        def removed(upload: Upload) -> None:
            settle(upload)
            Video.objects.all().delete()

        monkeypatch.setattr(service, "settle", removed)
        refused(tus.patch(begun, CONTENT), 404, "no_such_upload")

    def test_a_part_file_that_is_gone_begins_anew(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        inbox.part_path(upload_of(begun).pk).unlink()
        assert tus.ask("HEAD", begun)["Upload-Offset"] == "0"
        assert tus.patch(begun, CONTENT).status_code == 204

    @pytest.mark.parametrize("method", ["HEAD", "PATCH"])
    def test_a_whole_file_that_was_not_taken_is_taken(
        self, tus: Tus, begun: str, method: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finish: Callable[[Upload], None] = service.finish
        monkeypatch.setattr(service, "finish", lambda _upload: None)
        tus.patch(begun, CONTENT)
        monkeypatch.setattr(service, "finish", finish)
        assert tus.ask(method, begun, Upload_Offset=str(len(CONTENT))).status_code in (200, 415)
        if method == "PATCH":
            assert tus.patch(begun, b"", len(CONTENT)).status_code == 204
        assert store().local_path(Video.objects.get().source_key).read_bytes() == CONTENT

    def test_a_whole_file_that_the_disk_lost_is_requested_again(self, tus: Tus, begun: str) -> None:
        upload = upload_of(begun)
        inbox.part_path(upload.pk).unlink()
        Upload.objects.update(received=len(CONTENT))
        assert tus.ask("HEAD", begun)["Upload-Offset"] == "0"
        assert tus.patch(begun, CONTENT).status_code == 204
        assert Video.objects.get().bytes == len(CONTENT)

    def test_a_file_that_was_moved_but_not_committed_is_found(self, tus: Tus, begun: str) -> None:
        upload = upload_of(begun)
        inbox.part_path(upload.pk).write_bytes(CONTENT)
        publishing.publish(inbox.part_path(upload.pk), keys.source_key(upload.video_id, ".mp4"))
        Upload.objects.update(received=len(CONTENT))
        assert tus.ask("HEAD", begun)["Upload-Offset"] == str(len(CONTENT))
        assert Video.objects.get().bytes == len(CONTENT)
        assert Task.objects.count() == 1

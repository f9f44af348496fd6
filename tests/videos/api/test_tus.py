"""Resumable uploads by the text of tus 1.0.0."""

from __future__ import annotations

import fcntl
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from tests import media
from tests.tus_raw import BYTES, CONTENT, ROOT, Tus, encoded, refused, sent, sha, upload_of
from tests.work import drain
from videos.core.errors import AppError
from videos.models import Task, Upload, Video
from videos.services.library import deletion
from videos.services.uploads import service
from videos.storage import inbox
from videos.storage.registry import store
from vrewcraft.accounts.models import User


def test_a_creation_whose_bytes_found_no_room_stands_at_zero(
    tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise AppError("disk_full", 507)

    monkeypatch.setattr(service, "append", full)
    answer = tus.post({"Upload-Length": str(len(CONTENT))}, CONTENT, BYTES)
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "0")
    monkeypatch.undo()
    assert tus.patch(answer["Location"], CONTENT).status_code == 204


class TestOptions:
    """What the server can do."""

    def test_it_names_version_extensions_size_and_checksums(
        self, tus: Tus, settings: Settings
    ) -> None:
        answer = tus.ask("OPTIONS", ROOT, Tus_Resumable=None)
        assert answer.status_code == 204
        assert answer["Tus-Resumable"] == answer["Tus-Version"] == "1.0.0"
        assert answer["Tus-Max-Size"] == str(settings.VREWCRAFT_UPLOAD_LIMIT)
        assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
        assert set(answer["Tus-Extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "termination",
            "checksum",
            "expiration",
        }


class TestVersion:
    """Another version is never processed."""

    @pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0", ""])
    def test_it_is_refused(self, tus: Tus, begun: str, version: str | None) -> None:
        videos = Video.objects.count()
        answers = [
            tus.create(Tus_Resumable=version),
            tus.patch(begun, CONTENT, Tus_Resumable=version),
            tus.ask("DELETE", begun, Tus_Resumable=version),
        ]
        for answer in answers:
            refused(answer, 412, "wrong_tus_version")
            assert answer["Tus-Version"] == "1.0.0"
        assert tus.ask("HEAD", begun, Tus_Resumable=version).status_code == 412
        assert Video.objects.count() == videos
        assert upload_of(begun).received == 0


class TestCreation:
    """POST."""

    def test_the_video_is_there_from_now_on(self, tus: Tus, owner: User) -> None:
        answer = tus.create()
        assert answer.status_code == 201
        video = Video.objects.get()
        assert answer["Video-Id"] == str(video.pk)
        assert answer["Location"] == f"{ROOT}{video.upload.pk}"
        assert answer["Upload-Offset"] == "0"
        assert "GMT" in answer["Upload-Expires"]
        assert (video.name, video.state, video.owner) == ("강의 1.mp4", "arriving", owner)

    def test_a_name_is_cleaned(self, tus: Tus) -> None:
        tus.create(name="../../etc/\u0000passwd.mp4")
        assert Video.objects.get().name == "passwd.mp4"

    def test_without_a_name_it_has_one_all_the_same(self, tus: Tus) -> None:
        assert tus.create(Upload_Metadata=None).status_code == 201
        assert Video.objects.get().name == "video"

    @pytest.mark.parametrize("length", ["", "-1", "1.5", "NaN", "١", "1" * 400, " 1", "0x10"])
    def test_a_length_that_is_no_number_is_refused(self, tus: Tus, length: str) -> None:
        refused(tus.create(length), 400, "wrong_length")
        assert not Video.objects.exists()

    def test_more_than_the_limit_is_refused(self, tus: Tus, settings: Settings) -> None:
        settings.VREWCRAFT_UPLOAD_LIMIT = 1000
        refused(tus.create(1001), 413, "too_large")
        assert tus.create(1000).status_code == 201

    def test_more_than_the_disk_has_is_refused(self, tus: Tus, settings: Settings) -> None:
        settings.VREWCRAFT_UPLOAD_LIMIT = 10**17
        refused(tus.create(10**17), 507, "disk_full")
        assert not Video.objects.exists()

    @pytest.mark.parametrize(
        "metadata",
        [
            "filename ***",
            "filename YQ==,filename Yg==",
            ",",
            "file\u00e9 YQ==",
            "filename YQ",
            "a " + "QUFB" * 2000,
        ],
    )
    def test_metadata_that_cannot_be_read_is_refused(self, tus: Tus, metadata: str) -> None:
        refused(tus.create(Upload_Metadata=metadata), 400, "wrong_metadata")

    def test_a_value_may_be_missing(self, tus: Tus) -> None:
        metadata = f"is_confidential, filename {encoded('a.mp4')}"
        assert tus.create(Upload_Metadata=metadata).status_code == 201

    def test_the_first_bytes_may_come_with_it(self, tus: Tus) -> None:
        answer = tus.post({"Upload-Length": "10"}, b"12345", BYTES)
        assert (answer.status_code, answer["Upload-Offset"]) == (201, "5")

    def test_all_bytes_may_come_with_it(self, tus: Tus) -> None:
        answer = tus.post({"Upload-Length": "5"}, b"12345", BYTES)
        assert (answer.status_code, answer["Upload-Offset"]) == (201, "5")
        assert Video.objects.get().bytes == 5

    def test_more_bytes_than_declared_are_refused(self, tus: Tus) -> None:
        refused(tus.post({"Upload-Length": "4"}, b"12345", BYTES), 413, "past_the_length")
        assert not Video.objects.exists()

    def test_an_empty_file_has_arrived_at_once(self, tus: Tus) -> None:
        assert tus.create(0).status_code == 201
        assert Upload.objects.get().finished_at is not None
        drain()
        assert Video.objects.get().error_code == "empty_file"


class TestHead:
    """Where it stands."""

    def test_it_gives_offset_length_and_metadata(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        answer = tus.ask("HEAD", begun)
        assert answer.status_code == 200
        assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("100", str(len(CONTENT)))
        assert answer["Upload-Metadata"] == f"filename {encoded('강의 1.mp4')}"
        assert answer["Cache-Control"] == "no-store"
        assert answer["Video-Id"] == str(upload_of(begun).video_id)
        assert answer["Upload-Expires"]

    @pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
    def test_an_unknown_one_is_not_found(self, tus: Tus, method: str) -> None:
        assert tus.ask(method, f"{ROOT}{uuid4()}", Upload_Offset="0").status_code == 404

    def test_somebody_elses_is_not_found(self, tus: Tus, begun: str, stranger: User) -> None:
        Video.objects.update(owner=stranger)
        assert tus.ask("HEAD", begun).status_code == 404
        refused(tus.patch(begun, CONTENT), 404, "no_such_upload")

    def test_after_the_end_it_still_gives_the_offset(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT)
        answer = tus.ask("HEAD", begun)
        assert (answer.status_code, answer["Upload-Offset"]) == (200, str(len(CONTENT)))


class TestPatch:
    """Bytes."""

    def test_pieces_make_the_file(self, tus: Tus, begun: str) -> None:
        for at in range(0, len(CONTENT), 3000):
            answer = tus.patch(begun, CONTENT[at : at + 3000], at)
            assert answer.status_code == 204
            assert answer["Upload-Offset"] == str(min(at + 3000, len(CONTENT)))
        video = Video.objects.get()
        assert store().local_path(video.source_key).read_bytes() == CONTENT
        assert (video.bytes, video.media_type) == (len(CONTENT), "video/mp4")
        assert [task.operation for task in video.tasks.all()] == ["probe"]
        assert inbox.parts() == []

    @pytest.mark.slow
    def test_a_video_can_be_edited_afterwards(self, tus: Tus) -> None:
        content = media.numbered().read_bytes()
        url = tus.create(len(content))["Location"]
        tus.patch(url, content)
        drain()
        assert Video.objects.get().state == "ready"

    def test_another_type_is_refused(self, tus: Tus, begun: str) -> None:
        for kind in ("application/octet-stream", "multipart/form-data; boundary=x", "text/plain"):
            refused(tus.patch(begun, CONTENT, kind=kind), 415, "wrong_content_type")
        assert upload_of(begun).received == 0

    @pytest.mark.parametrize("offset", [1, 99, 101, 10**17])
    def test_another_offset_is_a_conflict(self, tus: Tus, begun: str, offset: int) -> None:
        tus.patch(begun, CONTENT[:100])
        refused(tus.patch(begun, b"x", offset), 409, "wrong_offset")
        assert upload_of(begun).received == 100

    @pytest.mark.parametrize("offset", [None, "", "-1", "x"])
    def test_an_offset_that_is_no_number_is_refused(
        self, tus: Tus, begun: str, offset: str | None
    ) -> None:
        refused(tus.patch(begun, CONTENT, Upload_Offset=offset), 400, "wrong_offset")

    def test_more_than_declared_is_refused_and_nothing_of_it_kept(
        self, tus: Tus, begun: str
    ) -> None:
        refused(tus.patch(begun, CONTENT + b"x"), 413, "past_the_length")
        assert upload_of(begun).received == 0

    def test_a_chunk_of_more_than_nine_mebibytes_is_refused(self, tus: Tus) -> None:
        url = tus.create(20 * 1024**2)["Location"]
        refused(tus.patch(url, bytes(9 * 1024**2 + 1)), 413, "too_large")
        assert upload_of(url).received == 0

    def test_a_method_may_be_named_in_a_header(self, tus: Tus, begun: str) -> None:
        headers = sent({"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"})
        answer = tus.client.generic("POST", begun, CONTENT, content_type=BYTES, headers=headers)
        assert answer.status_code == 204

    @pytest.mark.parametrize("size", [100, len(CONTENT)])
    def test_a_full_disk_is_an_error_and_the_upload_keeps_its_offset(
        self, tus: Tus, begun: str, size: int
    ) -> None:
        path = inbox.part_path(upload_of(begun).pk)
        path.unlink()
        path.symlink_to("/dev/full")
        refused(tus.patch(begun, CONTENT[:size]), 507, "disk_full")
        assert upload_of(begun).received == 0
        path.unlink()
        assert tus.ask("HEAD", begun)["Upload-Offset"] == "0"
        assert tus.patch(begun, CONTENT).status_code == 204

    def test_repeating_the_last_one_makes_no_second_video(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT)
        answer = tus.patch(begun, b"", len(CONTENT))
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(CONTENT)))
        assert Video.objects.count() == Task.objects.count() == 1

    def test_the_last_bytes_may_be_sent_again(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        first = tus.patch(begun, CONTENT[100:], 100)
        again = tus.patch(begun, CONTENT[100:], 100)
        assert (again.status_code, again["Upload-Offset"]) == (204, first["Upload-Offset"])
        assert again["Video-Id"] == first["Video-Id"]
        assert Video.objects.count() == Task.objects.count() == 1

    def test_other_bytes_in_their_place_are_a_conflict(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        tus.patch(begun, CONTENT[100:], 100)
        other = CONTENT[100:-1] + b"?"
        refused(tus.patch(begun, other, 100), 409, "wrong_offset")
        refused(tus.patch(begun, CONTENT[:100]), 409, "wrong_offset")
        refused(tus.patch(begun, b"more", len(CONTENT)), 413, "past_the_length")
        assert store().local_path(Video.objects.get().source_key).read_bytes() == CONTENT

    def test_while_another_request_writes_it_is_locked(self, tus: Tus, begun: str) -> None:
        with inbox.part_path(upload_of(begun).pk).open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            refused(tus.patch(begun, CONTENT), 423, "upload_locked")
        assert tus.patch(begun, CONTENT).status_code == 204

    def test_other_methods_are_refused(self, tus: Tus, begun: str) -> None:
        refused(tus.ask("PUT", begun), 405, "method_not_allowed")
        refused(tus.ask("PUT", ROOT), 405, "method_not_allowed")


class TestChecksum:
    """What was changed on its way is not taken."""

    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_what_fits_is_taken(self, tus: Tus, begun: str, algorithm: str) -> None:
        answer = tus.patch(begun, CONTENT, Upload_Checksum=sha(CONTENT, algorithm))
        assert answer.status_code == 204

    def test_what_does_not_is_dropped(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:50])
        answer = tus.patch(begun, CONTENT[50:], 50, Upload_Checksum=sha(b"other"))
        refused(answer, 460, "wrong_checksum")
        assert upload_of(begun).received == 50
        assert inbox.part_path(upload_of(begun).pk).stat().st_size == 50

    def test_it_holds_for_bytes_of_the_creation(self, tus: Tus) -> None:
        wrong = {"Upload-Length": "5", "Upload-Checksum": sha(b"other")}
        refused(tus.post(wrong, b"12345", BYTES), 460, "wrong_checksum")
        assert not Video.objects.exists()

    @pytest.mark.parametrize("header", ["md5 YQ==", "sha1", "sha1 ***", "sha1 YQ==", "", "sha256"])
    def test_one_that_cannot_be_read_is_refused(self, tus: Tus, begun: str, header: str) -> None:
        refused(tus.patch(begun, CONTENT, Upload_Checksum=header), 400, "unknown_checksum")
        assert upload_of(begun).received == 0


class TestTermination:
    """Giving it up."""

    def test_it_is_gone_with_its_video_and_its_bytes(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:10])
        assert tus.ask("DELETE", begun).status_code == 204
        assert tus.ask("HEAD", begun).status_code == 404
        assert tus.client.get("/api/videos").json()["videos"] == []
        Video.objects.update(deleted_at=Now() - timedelta(minutes=1))
        deletion.purge()
        assert inbox.parts() == []
        assert not Upload.objects.exists()

    def test_a_finished_one_goes_with_its_video_and_can_be_restored(
        self, tus: Tus, begun: str, owner: User
    ) -> None:
        tus.patch(begun, CONTENT)
        assert tus.ask("DELETE", begun).status_code == 204
        assert tus.ask("HEAD", begun).status_code == 404
        restored = deletion.restore_video(owner, Video.objects.get().pk)
        assert store().local_path(restored.source_key).read_bytes() == CONTENT


class TestWhoAsks:
    """Strangers and forged requests."""

    def test_another_user_is_refused(self, data_dir: Path, db: None, settings: Settings) -> None:
        settings.VREWCRAFT_MODE = "team"
        answer = Tus(Client()).create()
        refused(answer, 401, "unauthorised")

    def test_a_page_needs_its_csrf_token(self, owner: User, data_dir: Path) -> None:
        answer = Tus(Client(enforce_csrf_checks=True)).create()
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

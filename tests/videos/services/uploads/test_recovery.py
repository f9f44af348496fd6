"""Uploads that nobody goes on with."""

from __future__ import annotations

import fcntl
import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from pytest_django import Settings

from tests.tus_raw import CONTENT, Tus, refused, upload_of
from videos.models import ExpiredUpload, Upload, Video
from videos.services.library import deletion
from videos.services.uploads import recovery, service
from videos.storage import inbox
from videos.storage.registry import store
from videos.storage.s3 import S3Store
from vrewcraft.accounts.models import User


class TestExpiration:
    """A day without a byte."""

    def test_an_expired_one_is_gone(self, tus: Tus, begun: str) -> None:
        Upload.objects.update(expires_at=Now() - timedelta(seconds=1))
        assert tus.ask("HEAD", begun).status_code == 410
        refused(tus.patch(begun, CONTENT), 410, "upload_expired")

    def test_the_sweep_removes_it(self, tus: Tus, begun: str) -> None:
        Upload.objects.update(expires_at=Now() - timedelta(seconds=1))
        assert recovery.expire_uploads() == 1
        assert not Video.objects.for_user(Video.objects.get().owner).exists()
        assert recovery.expire_uploads() == 0

    def test_a_later_request_is_answered_that_it_expired(
        self, tus: Tus, begun: str, stranger: User
    ) -> None:
        Upload.objects.update(expires_at=Now() - timedelta(seconds=1))
        recovery.expire_uploads()
        Video.objects.update(deleted_at=Now() - timedelta(minutes=1))
        deletion.purge()
        assert not Upload.objects.exists()
        for method in ("HEAD", "PATCH", "DELETE"):
            assert tus.ask(method, begun, Upload_Offset="0").status_code == 410
        ExpiredUpload.objects.update(owner=stranger)
        assert tus.ask("HEAD", begun).status_code == 404

    def test_that_is_forgotten_after_a_month(self, tus: Tus, begun: str) -> None:
        Upload.objects.update(expires_at=Now() - timedelta(seconds=1))
        recovery.expire_uploads()
        ExpiredUpload.objects.update(expired_at=Now() - timedelta(days=31))
        recovery.expire_uploads()
        assert not ExpiredUpload.objects.exists()

    def test_one_of_unknown_length_expires_too(self, tus: Tus) -> None:
        tus.create(Upload_Length=None, Upload_Defer_Length="1")
        Upload.objects.update(expires_at=Now() - timedelta(seconds=1))
        assert recovery.expire_uploads() == 1

    def test_how_long_it_is_kept_is_a_setting(self, tus: Tus, settings: Settings) -> None:
        settings.VREWCRAFT_UPLOAD_EXPIRY_SECONDS = 60
        upload = upload_of(tus.create()["Location"])
        assert upload.expires_at is not None
        assert upload.expires_at - upload.created_at < timedelta(seconds=61)

    def test_each_byte_gives_it_another_day(self, tus: Tus, begun: str) -> None:
        Upload.objects.update(expires_at=Now() + timedelta(seconds=5))
        tus.patch(begun, CONTENT[:10])
        upload = upload_of(begun)
        assert upload.expires_at is not None
        assert upload.expires_at - upload.updated_at == timedelta(hours=24)

    def test_a_finished_one_never_expires(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT)
        Upload.objects.update(expires_at=Now() - timedelta(days=9))
        assert recovery.expire_uploads() == 0
        assert tus.ask("HEAD", begun).status_code == 200

    def test_a_whole_one_whose_request_died_is_finished_and_never_expires(
        self, tus: Tus, begun: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(service, "finish", lambda _upload: None)
            tus.patch(begun, CONTENT)
        assert recovery.finish_uploads() == 0
        long_ago = Now() - timedelta(days=2)
        Upload.objects.update(updated_at=long_ago, expires_at=long_ago)
        assert recovery.expire_uploads() == 0
        assert recovery.finish_uploads() == 1
        assert store().local_path(Video.objects.get().source_key).read_bytes() == CONTENT
        assert tus.ask("HEAD", begun).status_code == 200

    def test_part_files_of_no_upload_go_after_a_day(self, tus: Tus, begun: str) -> None:
        stray, odd = inbox.part_path(uuid4()), inbox.folder() / "notes.tus"
        for path in (stray, odd):
            path.touch()
        assert recovery.expire_uploads() == 0
        old = time.time() - 2 * recovery.STRAY_SECONDS
        for path in inbox.parts():
            os.utime(path, (old, old))
        assert recovery.expire_uploads() == 1
        assert not stray.exists()
        assert inbox.part_path(upload_of(begun).pk).exists()


class TestReconcile:
    """What the start of a server sets right."""

    def test_bytes_that_were_never_counted_are_cut_off(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        path = inbox.part_path(upload_of(begun).pk)
        with path.open("ab") as file:
            file.write(b"half a chunk")
        assert recovery.reconcile() == 1
        assert path.read_bytes() == CONTENT[:100]
        assert recovery.reconcile() == 0

    def test_bytes_that_the_disk_lost_are_requested_again(self, tus: Tus, begun: str) -> None:
        tus.patch(begun, CONTENT[:100])
        os.truncate(inbox.part_path(upload_of(begun).pk), 60)
        assert recovery.reconcile() == 1
        assert upload_of(begun).received == 60

    def test_a_whole_file_is_taken(
        self, tus: Tus, begun: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(service, "finish", lambda _upload: None)
            tus.patch(begun, CONTENT)
        assert recovery.reconcile() == 1
        assert store().local_path(Video.objects.get().source_key).read_bytes() == CONTENT
        assert recovery.reconcile() == 0

    def test_one_that_somebody_writes_to_is_left_alone(self, tus: Tus, begun: str) -> None:
        path = inbox.part_path(upload_of(begun).pk)
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(b"a chunk that is not counted yet")
            file.flush()
            recovery.reconcile()
        assert path.read_bytes() == b"a chunk that is not counted yet"

    @pytest.mark.s3
    @pytest.mark.slow
    def test_one_that_is_being_transferred_is_left_alone(self, bucket: S3Store, tus: Tus) -> None:
        begun = tus.create()["Location"]
        tus.patch(begun, CONTENT)
        assert upload_of(begun).is_being_stored
        assert (recovery.reconcile(), recovery.finish_uploads()) == (0, 0)
        assert inbox.part_path(upload_of(begun).pk).read_bytes() == CONTENT

    @pytest.mark.s3
    @pytest.mark.slow
    def test_one_of_another_machine_is_not_missed_here(self, bucket: S3Store, tus: Tus) -> None:
        begun = tus.create()["Location"]
        tus.patch(begun, CONTENT[:100])
        Upload.objects.update(place="another")
        inbox.part_path(upload_of(begun).pk).unlink()
        assert recovery.reconcile() == 0
        assert upload_of(begun).received == 100

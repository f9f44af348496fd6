"""Who may keep how much, and what the disk must keep free."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from tests import factories, http
from tests.tus_raw import CONTENT, Tus, refused, upload_of
from videos.models import Output, Quota, Upload, Video
from videos.services.library import deletion
from videos.services.uploads import quota as space
from videos.services.uploads import recovery
from videos.storage import inbox
from videos.storage.s3 import S3Store
from vrewcraft.accounts.models import User

KIB = 1024


class Usage(NamedTuple):
    """What `shutil.disk_usage` says."""

    total: int
    used: int
    free: int


class Disk:
    """A disk that has as much space as a test wants."""

    free = 100 * KIB

    def usage(self, _path: Path) -> Usage:
        """In place of `shutil.disk_usage`."""
        return Usage(10**9, 0, self.free)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Disk:
    """100 KiB are free, and no floor."""
    disk = Disk()
    monkeypatch.setattr(shutil, "disk_usage", disk.usage)
    settings.VREWCRAFT_DISK_FLOOR_BYTES = 0
    return disk


@pytest.fixture
def quota(settings: Settings) -> int:
    """Everybody may keep 100 KiB."""
    settings.VREWCRAFT_QUOTA_BYTES = 100 * KIB
    return 100 * KIB


class TestQuota:
    """A person's share."""

    def test_an_upload_counts_in_full_from_its_creation(self, tus: Tus, quota: int) -> None:
        assert tus.create(60 * KIB).status_code == 201
        refused(tus.create(41 * KIB), 507, "quota_full")
        assert tus.create(40 * KIB).status_code == 201
        assert Upload.objects.count() == 2

    def test_it_is_said_in_numbers(self, tus: Tus, quota: int, settings: Settings) -> None:
        settings.VREWCRAFT_QUOTA_BYTES = 3 * KIB**2
        said = tus.create(5 * KIB**2).json()["error"]
        assert said == ("Your storage is full: 0.0 MiB of 3.0 MiB used, 5.0 MiB more needed.")

    def test_the_bytes_of_one_upload_are_not_counted_twice(self, tus: Tus, quota: int) -> None:
        url = tus.create(quota)["Location"]
        assert tus.patch(url, bytes(quota // 2)).status_code == 204
        owner = upload_of(url).video.owner_id
        assert space.used(owner) == quota
        assert tus.patch(url, bytes(quota // 2), quota // 2).status_code == 204
        assert space.used(owner) == quota

    def test_one_of_unknown_length_counts_chunk_by_chunk(self, tus: Tus, quota: int) -> None:
        url = tus.create(Upload_Length=None, Upload_Defer_Length="1")["Location"]
        assert tus.patch(url, bytes(60 * KIB)).status_code == 204
        refused(tus.patch(url, bytes(41 * KIB), 60 * KIB), 507, "quota_full")
        assert tus.ask("HEAD", url)["Upload-Offset"] == str(60 * KIB)
        refused(tus.patch(url, b"", 60 * KIB, Upload_Length=str(quota + 1)), 507, "quota_full")
        assert upload_of(url).length is None
        last = tus.patch(url, bytes(40 * KIB), 60 * KIB, Upload_Length=str(quota))
        assert last.status_code == 204

    def test_results_and_subtitles_count(self, owner: User, clip: Video) -> None:
        before = space.used(owner.pk)
        factories.output(factories.task(clip), bytes=1000).save()
        assert space.used(owner.pk) == before + 1000 == clip.bytes + 1000

    def test_deleting_frees_at_once(self, owner: User, clip: Video) -> None:
        made = factories.output(factories.task(clip), bytes=1000)
        made.save()
        deletion.delete_output(made)
        assert space.used(owner.pk) == clip.bytes
        deletion.delete_video(clip)
        assert space.used(owner.pk) == 0
        assert Output.objects.exists()

    def test_giving_an_upload_up_frees_what_was_reserved(self, tus: Tus, quota: int) -> None:
        url = tus.create(quota)["Location"]
        assert tus.ask("DELETE", url).status_code == 204
        assert tus.create(quota).status_code == 201

    def test_an_abandoned_upload_frees_what_was_reserved(self, tus: Tus, quota: int) -> None:
        tus.create(quota)
        Upload.objects.update(expires_at=Now() - timedelta(seconds=1))
        recovery.expire_uploads()
        assert tus.create(quota).status_code == 201

    def test_what_others_keep_does_not_count(self, tus: Tus, quota: int, stranger: User) -> None:
        tus.create(quota)
        Video.objects.update(owner=stranger)
        assert tus.create(quota).status_code == 201

    def test_a_person_may_have_another_one(
        self, tus: Tus, quota: int, owner: User, settings: Settings
    ) -> None:
        own = Quota.objects.create(owner=owner, bytes=10 * KIB)
        refused(tus.create(11 * KIB), 507, "quota_full")
        own.bytes = 0
        own.save()
        assert tus.create(10 * quota).status_code == 201

    def test_a_form_upload_is_limited_by_it(
        self, client: Client, data_dir: Path, quota: int
    ) -> None:
        assert http.upload(client, bytes(60 * KIB)).status_code == 201
        answer = http.upload(client, bytes(41 * KIB))
        assert (answer.status_code, answer.json()["code"]) == (507, "quota_full")
        assert list(inbox.folder().iterdir()) == []
        assert len(list((data_dir / "library").rglob("source.mp4"))) == 1


class TestDisk:
    """What must stay free."""

    def test_the_floor_stays_free(self, tus: Tus, disk: Disk, settings: Settings) -> None:
        settings.VREWCRAFT_DISK_FLOOR_BYTES = 30 * KIB
        refused(tus.create(71 * KIB), 507, "disk_full")
        assert tus.create(70 * KIB).status_code == 201

    def test_what_is_reserved_for_one_is_not_given_to_another(self, tus: Tus, disk: Disk) -> None:
        first = tus.create(60 * KIB)["Location"]
        refused(tus.create(41 * KIB), 507, "disk_full")
        assert tus.patch(first, bytes(60 * KIB)).status_code == 204
        disk.free -= 60 * KIB
        refused(tus.create(41 * KIB), 507, "disk_full")
        assert tus.create(40 * KIB).status_code == 201

    def test_who_has_space_reserved_goes_on_while_the_disk_is_full_for_others(
        self, tus: Tus, disk: Disk
    ) -> None:
        url = tus.create(60 * KIB)["Location"]
        disk.free = 60 * KIB
        refused(tus.create(1), 507, "disk_full")
        assert tus.patch(url, bytes(60 * KIB)).status_code == 204

    def test_one_of_unknown_length_stops_and_goes_on_once_there_is_room(
        self, tus: Tus, disk: Disk
    ) -> None:
        url = tus.create(Upload_Length=None, Upload_Defer_Length="1")["Location"]
        disk.free = len(CONTENT) - 1
        refused(tus.patch(url, CONTENT), 507, "disk_full")
        assert tus.ask("HEAD", url)["Upload-Offset"] == "0"
        disk.free = len(CONTENT)
        assert tus.patch(url, CONTENT).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_space_is_reserved_in_the_transaction_that_writes_it_down(owner: User) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        space.reserve(owner.pk, 1)


@pytest.mark.parametrize(
    ("used", "quota", "free", "left", "total"),
    [
        (3, 50, 100, 47, 50),
        (3, None, 100, 100, 103),
        (3, 50, 10, 10, 13),
        (60, 50, 100, 0, 50),
        (3, None, -2, 0, 3),
    ],
)
def test_what_is_left_is_what_quota_and_disk_allow(
    used: int, quota: int | None, free: int, left: int, total: int
) -> None:
    room = space.Room(used, quota, free)
    assert (room.left, room.total) == (left, total)


@pytest.mark.parametrize(("quota", "left", "total"), [(50, 10, 50), (None, 10, None)])
def test_a_bucket_has_no_end_but_uploads_come_by_this_disk(
    quota: int | None, left: int, total: int | None
) -> None:
    room = space.Room(3, quota, 10, leaves_disk=True)
    assert (room.left, room.total) == (left, total)


@pytest.mark.s3
@pytest.mark.slow
class TestABucket:
    """Uploads wait on the disk of one machine until they have been carried."""

    def test_what_is_reserved_on_another_machine_takes_no_room_here(
        self, bucket: S3Store, tus: Tus, disk: Disk
    ) -> None:
        tus.create(60 * KIB)
        refused(tus.create(60 * KIB), 507, "disk_full")
        Upload.objects.update(place="another")
        assert tus.create(60 * KIB).status_code == 201

    def test_the_page_says_what_is_used_where_there_is_no_quota(
        self, bucket: S3Store, client: Client, settings: Settings
    ) -> None:
        settings.VREWCRAFT_QUOTA_BYTES = 0
        assert "0\xa0bytes used" in client.get("/").content.decode()
        assert client.get("/api/space").json()["totalBytes"] is None

    def test_a_form_upload_beyond_the_quota_leaves_nothing(
        self, bucket: S3Store, client: Client, quota: int
    ) -> None:
        answer = http.upload(client, bytes(quota + 1))
        assert (answer.status_code, answer.json()["code"]) == (507, "quota_full")
        assert inbox.parts() == []
        assert not Video.objects.exists()

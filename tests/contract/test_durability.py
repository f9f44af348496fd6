"""Which commits wait for the disk: all but those that count bytes a client still has."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from tests.contract.threads import together
from tests.tus_raw import content_of
from videos.core import transactions
from videos.models import Upload, Video, upload_count
from videos.services.uploads import service
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def waits() -> bool:
    """Whether a commit of this connection would wait for the disk now."""
    asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return cursor.fetchone()[0] in (2, "on")


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> list[bool]:
    """Of each transaction that changes an upload, whether its commit waits."""
    settings.VREWCRAFT_DATA_DIR = tmp_path
    seen: list[bool] = []

    def announced(_upload: Upload) -> None:
        seen.append(waits())

    for module in (service, upload_count):
        monkeypatch.setattr(module, "announce_upload", announced)
    return seen


def test_a_commit_waits_unless_it_need_not() -> None:
    assert waits()
    with transactions.unsynced():
        assert not waits()
    assert waits()


def test_it_waits_again_after_an_error(ann: User) -> None:
    def fail() -> None:
        with transactions.unsynced():
            Video.objects.create(owner=ann, name="a.mp4")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert waits()
    assert not Video.objects.exists()


def test_what_is_part_of_another_transaction_waits_with_it() -> None:
    with transaction.atomic():
        with transactions.unsynced():
            assert waits()
        assert waits()


def test_other_threads_are_not_concerned() -> None:
    with transactions.unsynced():
        assert together([waits]) == [True]


def test_what_was_committed_is_seen_by_others_at_once(ann: User) -> None:
    with transactions.unsynced():
        Video.objects.create(owner=ann, name="a.mp4")
    assert together([Video.objects.count]) == [1]


def test_on_sqlite_a_log_keeps_the_database_whole_without_the_sync() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)


def test_only_the_last_bytes_of_an_upload_wait(ann: User, waited: list[bool]) -> None:
    upload = service.create(ann, 30, name="a.mp4")
    for offset in (0, 10):
        waited.clear()
        service.append(upload, offset, content_of(bytes(10)))
        assert waited == [False]
        assert waits()
    waited.clear()
    service.append(upload, 20, content_of(bytes(10)))
    assert waited == [True, True], "the count, and the end"


def test_every_byte_of_a_stream_waits(ann: User, waited: list[bool]) -> None:
    upload = service.create(ann, None, name="a.mp4")
    for offset in (0, 10):
        service.append(upload, offset, content_of(bytes(10)))
    assert all(waited)


def test_a_count_that_falls_back_waits(ann: User, waited: list[bool]) -> None:
    upload = service.create(ann, 30, name="a.mp4")
    Upload.objects.update(received=20)
    upload.refresh_from_db()
    waited.clear()
    service.settle(upload)
    assert (waited, upload.received) == ([True], 0)


def test_after_a_lost_count_the_client_goes_on_from_the_one_before(
    ann: User, tmp_path: Path, settings: Settings
) -> None:
    settings.VREWCRAFT_DATA_DIR = tmp_path
    upload = service.create(ann, 30, name="a.mp4")
    for offset, letter in ((0, b"a"), (10, b"b")):
        service.append(upload, offset, content_of(letter * 10))
    Upload.objects.update(received=10)
    upload.refresh_from_db()
    service.append(upload, 10, content_of(b"b" * 10 + b"c" * 10))
    video = Video.objects.get()
    source = tmp_path / "library" / video.source_key
    assert source.read_bytes() == b"a" * 10 + b"b" * 10 + b"c" * 10

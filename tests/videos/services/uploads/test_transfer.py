"""From this machine's disk into the bucket: told of, once, and with nothing lost on the way."""

from __future__ import annotations

import base64
import fcntl
import os
import time
from contextlib import ExitStack
from itertools import pairwise
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from tests import media
from tests.http import upload as send_form
from tests.work import drain
from videos.models import Upload, Video
from videos.models.signals import upload_changed
from videos.serializers.upload import UploadState, upload_state
from videos.services.library import deletion
from videos.services.tasks.idempotency import FileKey
from videos.services.uploads import recovery, service, transfer
from videos.storage import inbox
from videos.storage.base import StorageDown, ignore_progress
from videos.storage.s3 import S3Store
from vrewcraft.accounts.models import User

pytestmark = [pytest.mark.s3, pytest.mark.slow]

MIB = 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


class Killed(BaseException):
    """As if the process had died here."""


def send(client: Client, content: bytes, name: str = "clip.mp4") -> Upload:
    """Upload by tus in one request."""
    encoded = base64.b64encode(name.encode()).decode()
    headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": f"filename {encoded}"}
    answer = client.generic("POST", "/api/uploads/", content, content_type=BYTES, headers=headers)
    assert answer.status_code == 201, answer.content
    return Upload.objects.get(video_id=answer["Video-Id"])


def keys(bucket: S3Store) -> list[str]:
    return [item.key for item in bucket.list()]


def is_video(upload: Upload) -> bool:
    """Whether it has become a video that can be used."""
    drain()
    return Video.objects.get(pk=upload.video_id).state == "ready"


@pytest.fixture
def clip(client: Client, bucket: S3Store) -> Upload:
    """A film that has arrived whole on this machine."""
    return send(client, media.numbered().read_bytes())


def test_what_has_arrived_waits_and_is_no_video_yet(bucket: S3Store, clip: Upload) -> None:
    assert clip.is_being_stored
    assert keys(bucket) == []
    assert not is_video(clip)
    assert inbox.part_path(clip.pk).read_bytes() == media.numbered().read_bytes()


def test_it_is_transferred_and_probed_and_leaves_this_disk(bucket: S3Store, clip: Upload) -> None:
    assert transfer.transfer_all(ignore_progress) == 1
    assert is_video(clip)
    video = Video.objects.get()
    assert bucket.read(video.source_key) == media.numbered().read_bytes()
    assert inbox.parts() == []
    assert transfer.transfer_all(ignore_progress) == 0


@pytest.mark.django_db(transaction=True)
def test_its_progress_is_announced_and_never_falls(client: Client, bucket: S3Store) -> None:
    reported: list[UploadState] = []

    def hear(upload: Upload, **_: object) -> None:
        reported.append(upload_state(upload))

    upload_changed.connect(hear)
    with ExitStack() as stack:
        stack.callback(upload_changed.disconnect, hear)
        upload = send(client, os.urandom(8 * MIB))
        subscriber = transfer._TransferProgress(upload, ignore_progress)
        for moved in (0, 2 * MIB, 8 * MIB):
            subscriber._at = 0.0
            subscriber(moved)
        service.take(upload, "sources/none")
    percents = [each["percent"] for each in reported]
    assert all(before <= after for before, after in pairwise(percents))
    assert [(each["step"], each["message"]) for each in reported][1:4] == [
        ("storing", "Storing")
    ] * 3
    assert percents == [0.0, 90.0, 92.5, 99.99, 100.0]


def test_a_form_upload_goes_the_same_way(client: Client, bucket: S3Store) -> None:
    answer = send_form(client, media.numbered().read_bytes())
    assert answer.status_code == 201
    upload = Upload.objects.get()
    assert upload.is_being_stored
    transfer.transfer_all(ignore_progress)
    assert is_video(upload)


def test_under_one_key_it_is_transferred_once(client: Client, bucket: S3Store) -> None:
    content = media.numbered().read_bytes()
    first, again = (send_form(client, content, key="k") for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert [path.stem for path in inbox.parts()] == [str(Upload.objects.get().pk)]
    transfer.transfer_all(ignore_progress)
    assert send_form(client, content, key="k").json() == first.json()
    assert is_video(Upload.objects.get())
    assert send_form(client, content[:-1], key="k").json()["code"] == "key_reused"
    assert not [path for path in inbox.folder().iterdir() if path.name != "place"]


def test_of_two_under_one_key_the_later_leaves_nothing(
    client: Client, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send_form(client, b"film", key="k").json()
    answers = iter([None, Video.objects.get()])  # looked up just before the first was committed
    monkeypatch.setattr(FileKey, "earlier", lambda _: next(answers))
    assert send_form(client, b"film", key="k").json() == first
    assert [path.stem for path in inbox.parts()] == [str(Upload.objects.get().pk)]


def test_an_import_is_transferred_before_the_command_ends(owner: User, bucket: S3Store) -> None:
    call_command("import_video", str(media.numbered()))
    assert is_video(Upload.objects.get())


def test_an_empty_file_is_transferred_too_and_reported_as_empty(
    client: Client, bucket: S3Store
) -> None:
    upload = send(client, b"")
    transfer.transfer_all(ignore_progress)
    drain()
    assert Video.objects.get(pk=upload.video_id).error_code == "empty_file"


class TestInterrupted:
    """Killed anywhere, it is carried again; nothing is lost and nothing is there twice."""

    def test_while_it_is_moved(
        self, bucket: S3Store, clip: Upload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(S3Store, "put", dies)
            with pytest.raises(Killed):
                transfer.transfer_all(ignore_progress)
        assert transfer.transfer_all(ignore_progress) == 1
        assert is_video(clip)

    def test_between_the_bucket_and_the_commit(
        self, bucket: S3Store, clip: Upload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(service, "take", dies)
            with pytest.raises(Killed):
                transfer.transfer_all(ignore_progress)
        assert len(keys(bucket)) == 1
        with monkeypatch.context() as patch:
            patch.setattr(S3Store, "put", dies)  # it is not sent again
            assert transfer.transfer_all(ignore_progress) == 1
        assert is_video(clip)
        assert len(keys(bucket)) == 1 + Video.objects.get().outputs.count()

    def test_between_the_commit_and_the_end(self, bucket: S3Store, clip: Upload) -> None:
        content = inbox.part_path(clip.pk).read_bytes()
        transfer.transfer_all(ignore_progress)
        inbox.part_path(clip.pk).write_bytes(content)
        transfer.transfer_all(ignore_progress)
        assert inbox.parts() == []
        assert is_video(clip)

    def test_a_bucket_that_is_down_keeps_it_waiting(
        self, bucket: S3Store, clip: Upload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_: object) -> None:
            raise StorageDown

        with monkeypatch.context() as patch:
            patch.setattr(S3Store, "put", down)
            with pytest.raises(StorageDown):
                transfer.transfer_all(ignore_progress)
        assert transfer.transfer_all(ignore_progress) == 1
        assert is_video(clip)

    def test_a_file_that_the_disk_has_lost_begins_anew(self, bucket: S3Store, clip: Upload) -> None:
        inbox.part_path(clip.pk).unlink()
        assert transfer.transfer_all(ignore_progress) == 0
        clip.refresh_from_db()
        assert (clip.received, clip.stored, clip.is_under_way) == (0, 0, True)

    def test_one_whose_end_the_disk_has_lost_goes_back_to_what_is_there(
        self, bucket: S3Store, clip: Upload
    ) -> None:
        os.truncate(inbox.part_path(clip.pk), 100)
        assert transfer.transfer_all(ignore_progress) == 0
        clip.refresh_from_db()
        assert (clip.received, clip.stored, keys(bucket)) == (100, 0, [])

    def test_one_that_another_process_transfers_is_skipped(
        self, bucket: S3Store, clip: Upload
    ) -> None:
        with inbox.part_path(clip.pk).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            assert transfer.transfer_all(ignore_progress) == 0
        assert keys(bucket) == []
        assert transfer.transfer_all(ignore_progress) == 1


class TestDeleted:
    """A video that was deleted on the way."""

    def test_it_is_not_transferred_and_waits_for_an_undo(
        self, owner: User, bucket: S3Store, clip: Upload
    ) -> None:
        deletion.delete_video(clip.video)
        assert transfer.transfer_all(ignore_progress) == 0
        deletion.restore_video(owner, clip.video_id)
        assert transfer.transfer_all(ignore_progress) == 1

    def test_one_that_is_removed_during_the_transfer_leaves_nothing(
        self, bucket: S3Store, clip: Upload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take = service.take

        def removed(upload: Upload, key: str) -> None:
            Video.objects.all().delete()
            take(upload, key)

        monkeypatch.setattr(service, "take", removed)
        transfer.transfer_all(ignore_progress)
        assert keys(bucket) == []
        assert inbox.parts() == []


@pytest.mark.django_db
def test_the_transfer_removes_orphaned_part_files(bucket: S3Store) -> None:
    stray = inbox.part_path(uuid4())
    stray.touch()
    long_ago = time.time() - 2 * recovery.STRAY_SECONDS
    os.utime(stray, (long_ago, long_ago))
    transfer.transfer_all(ignore_progress)
    assert inbox.parts() == []


class TestElsewhere:
    """Bytes gather on one machine; the others of the site know whose they are."""

    def test_another_machine_leaves_an_upload_alone(
        self, client: Client, bucket: S3Store, clip: Upload
    ) -> None:
        Upload.objects.update(place="another")
        url = f"/api/uploads/{clip.pk}"
        answer = client.head(url, headers=TUS)
        assert answer.status_code == 503
        assert transfer.transfer_all(ignore_progress) == 0
        clip.refresh_from_db()
        assert clip.received == clip.length

    def test_the_folder_knows_itself_again(self, bucket: S3Store) -> None:
        assert inbox.place() == inbox.place()
        assert len(inbox.place()) == 36
        assert len(list(inbox.folder().iterdir())) == 1

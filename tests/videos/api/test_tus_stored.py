"""What the sender of a file is answered while that goes on into a bucket, and afterwards."""

from __future__ import annotations

import fcntl
from typing import Any

import pytest

from tests import media
from tests.tus_raw import ROOT, Tus, refused, upload_of
from videos.models import Upload, Video
from videos.services.uploads import recovery, transfer
from videos.storage import inbox
from videos.storage.base import StorageDown, ignore_progress
from videos.storage.s3 import S3Store

pytestmark = [pytest.mark.s3, pytest.mark.slow]


@pytest.fixture
def clip(bucket: S3Store, tus: Tus) -> Upload:
    """A film that has arrived whole on this machine."""
    film = media.numbered().read_bytes()
    url = tus.create(len(film))["Location"]
    tus.patch(url, film)
    return upload_of(url)


@pytest.fixture
def end() -> bytes:
    """Its last bytes."""
    return media.numbered().read_bytes()[-1000:]


def sent_again(tus: Tus, upload: Upload, content: bytes) -> Any:
    """The answer to the last bytes got lost."""
    return tus.patch(f"{ROOT}{upload.pk}", content, (upload.length or 0) - len(content))


def test_the_last_bytes_sent_again_are_answered_the_same(
    tus: Tus, clip: Upload, end: bytes
) -> None:
    assert clip.is_being_stored
    for _ in ("before it is carried", "afterwards"):
        assert sent_again(tus, clip, end).status_code == 204
        refused(sent_again(tus, clip, end[::-1]), 409, "wrong_offset")
        transfer.transfer_all(ignore_progress)
    assert Video.objects.count() == 1


def test_they_are_answered_so_while_it_is_carried(tus: Tus, clip: Upload, end: bytes) -> None:
    with inbox.part_path(clip.pk).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert sent_again(tus, clip, end).status_code == 204


def test_waiting_for_the_bucket_it_never_expires(tus: Tus, clip: Upload) -> None:
    Upload.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert recovery.expire_uploads() == 0
    answer = tus.ask("HEAD", f"{ROOT}{clip.pk}")
    assert (answer.status_code, answer["Upload-Offset"]) == (200, str(clip.length))


def test_nobody_guesses_how_long_the_way_to_the_bucket_is(clip: Upload) -> None:
    assert clip.left_seconds is None


def test_a_bucket_that_is_down_is_said_in_words(
    tus: Tus, clip: Upload, end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer.transfer_all(ignore_progress)

    def down(*_: object) -> None:
        raise StorageDown

    monkeypatch.setattr(S3Store, "open", down)
    refused(sent_again(tus, clip, end), 503, "storage_down")

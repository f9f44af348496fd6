"""A bucket of a real S3 service: whole files, true progress, links that open one file only."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers.s3 import S3Server
from videos.storage.base import Link, StorageDown
from videos.storage.s3 import S3Store

pytestmark = [pytest.mark.s3, pytest.mark.slow]

MIB = 1024 * 1024
KEY = "outputs/1/1/film.mp4"


class Enough(Exception):
    """Somebody pressed cancel."""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """40 MiB: several parts."""
    path = tmp_path / "film.mp4"
    path.write_bytes(os.urandom(40 * MIB))
    return path


def opened(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """What anybody gets there."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def keys(bucket: S3Store) -> list[str]:
    return [item.key for item in bucket.list()]


class TestMoving:
    """In parts, with progress in bytes, and never half."""

    def test_a_large_file_goes_up_and_comes_back_as_it_was(
        self, bucket: S3Store, film: Path, tmp_path: Path
    ) -> None:
        on_progress: list[int] = []
        assert bucket.put(film, KEY, on_progress.append) == 40 * MIB
        assert on_progress == sorted(on_progress)
        assert on_progress[-1] == 40 * MIB
        back, received = tmp_path / "back.mp4", list[int]()
        back.touch()
        bucket.fetch(KEY, back, received.append)
        assert back.read_bytes() == film.read_bytes()
        assert (received == sorted(received), received[-1]) == (True, 40 * MIB)
        assert film.exists()

    def test_an_empty_file_too(self, bucket: S3Store, tmp_path: Path) -> None:
        path = tmp_path / "empty"
        path.touch()
        bucket.put(path, KEY)
        assert (bucket.size(KEY), bucket.read(KEY)) == (0, b"")

    def test_an_upload_that_is_stopped_leaves_nothing(self, bucket: S3Store, film: Path) -> None:
        def stop(moved: int) -> None:
            if moved:
                raise Enough

        with pytest.raises(Enough):
            bucket.put(film, KEY, stop)
        assert keys(bucket) == []
        assert list(bucket.unfinished()) == []

    def test_what_is_not_there_is_said_so(self, bucket: S3Store, tmp_path: Path) -> None:
        path = tmp_path / "none"
        path.touch()
        for ask in (bucket.size, bucket.read, lambda key: bucket.fetch(key, path)):
            with pytest.raises(FileNotFoundError):
                ask("outputs/none")
        assert not bucket.exists("outputs/none")

    def test_a_wrong_secret_is_refused(self, bucket: S3Store, s3_server: S3Server) -> None:
        client = s3_server.client(secret="wrong")
        stranger = S3Store(client, client, bucket.name, bucket.cache)
        with pytest.raises(StorageDown):
            list(stranger.list())

    def test_a_missing_bucket_is_distinguished_from_one_that_does_not_answer(
        self, bucket: S3Store, s3_server: S3Server
    ) -> None:
        client = s3_server.client()
        with pytest.raises(FileNotFoundError):
            S3Store(client, client, "no-such-bucket", bucket.cache).check()
        bucket.check()


class TestRemoving:
    """Deleted, finished or not."""

    def test_all_under_a_folder_and_nothing_beside_it(self, bucket: S3Store, film: Path) -> None:
        film.write_bytes(b"film")
        for key in ("outputs/1/1/a", "outputs/1/2/b", "outputs/10/1/c"):
            bucket.put(film, key)
        bucket.delete_prefix("outputs/1/")
        assert keys(bucket) == ["outputs/10/1/c"]

    def test_uploads_that_a_killed_process_left_are_given_up(
        self, bucket: S3Store, s3_server: S3Server
    ) -> None:
        client = s3_server.client()
        for key in ("outputs/1/1/a", "outputs/2/1/b"):
            client.create_multipart_upload(Bucket=bucket.name, Key=key)
        bucket.delete_prefix("outputs/1/")
        assert [upload.key for upload in bucket.unfinished()] == ["outputs/2/1/b"]

    def test_old_ones_are_given_up_by_the_hourly_sweep(
        self, bucket: S3Store, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        s3_server.client().create_multipart_upload(Bucket=bucket.name, Key="outputs/1/1/a")
        bucket.sweep()
        assert len(list(bucket.unfinished())) == 1
        monkeypatch.setattr("videos.storage.s3.UNFINISHED", timedelta(minutes=-1))
        monkeypatch.setattr(bucket, "_sweep_at", 0.0)
        bucket.sweep()
        assert list(bucket.unfinished()) == []

    def test_deleting_twice_does_no_harm(self, bucket: S3Store, film: Path) -> None:
        film.write_bytes(b"film")
        bucket.put(film, KEY)
        bucket.delete(KEY)
        bucket.delete(KEY)
        assert keys(bucket) == []

    def test_more_than_one_request_may_delete(
        self, bucket: S3Store, film: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("videos.storage.s3.BATCH", 2)
        film.write_bytes(b"film")
        for number in range(5):
            bucket.put(film, f"outputs/1/1/{number}")
        bucket.delete_prefix("outputs/")
        assert keys(bucket) == []


class TestLinks:
    """Good for one file, one name and a short time."""

    @pytest.fixture
    def url(self, bucket: S3Store, film: Path) -> str:
        film.write_bytes(b"0123456789")
        bucket.put(film, KEY)
        return bucket.url(KEY, Link("강의 1.mp4", "video/mp4", inline=False, seconds=600))

    def test_anybody_who_has_it_gets_the_file_under_its_name(self, url: str) -> None:
        status, headers, content = opened(url)
        assert (status, content) == (200, b"0123456789")
        assert headers["Content-Type"] == "video/mp4"
        disposition = headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        assert "filename*=UTF-8''%EA%B0%95%EC%9D%98%201.mp4" in disposition

    def test_a_player_can_seek(self, url: str) -> None:
        status, headers, content = opened(url, Range="bytes=5-7")
        assert (status, content) == (206, b"567")
        assert headers["Content-Range"] == "bytes 5-7/10"

    def test_it_is_signed_by_version_four_for_ten_minutes_at_most(self, url: str) -> None:
        query = parse_qs(urlsplit(url).query)
        assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert query["X-Amz-Expires"] == ["600"]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("film.mp4", "other.mp4"),
            ("attachment", "inline"),
            ("video%2Fmp4", "text%2Fhtml"),
            ("Expires=600", "Expires=6000"),
        ],
    )
    def test_a_changed_link_is_refused(self, url: str, old: str, new: str) -> None:
        assert old in url
        status, _headers, content = opened(url.replace(old, new))
        assert status == 403
        assert b"0123456789" not in content

    def test_it_ends(self, bucket: S3Store, film: Path) -> None:
        film.write_bytes(b"film")
        bucket.put(film, KEY)
        url = bucket.url(KEY, Link("a.mp4", "video/mp4", inline=True, seconds=1))
        deadline = time.monotonic() + 20
        while opened(url)[0] == 200 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert opened(url)[0] == 403

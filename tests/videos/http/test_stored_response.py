"""Files of a bucket over HTTP: a short link for downloads, through us for what pages read."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories
from tests.videos.api.test_downloads import CONTENT, saved
from videos.operations.outputs import ARCHIVE, PEAKS, POSTER, OutputKind
from videos.serializers.output import source_url
from videos.storage.base import StorageDown
from videos.storage.s3 import S3Store
from vrewcraft.accounts.models import User
from vrewcraft.storage import s3_options

pytestmark = [pytest.mark.s3, pytest.mark.slow]


def opened(url: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        content: bytes = answer.read()
        return content


def test_a_download_is_a_link_of_ten_minutes_to_that_file(
    client: Client, owner: User, bucket: S3Store
) -> None:
    made = saved(owner, "강의_trimmed.mp4")
    answer = client.get(made.url)
    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    assert opened(answer["Location"]) == CONTENT
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["X-Amz-Expires"] == ["600"]
    assert query["response-content-disposition"][0].startswith("attachment")
    assert "%EA%B0%95%EC%9D%98_trimmed.mp4" in query["response-content-disposition"][0]
    assert urlsplit(answer["Location"]).path == f"/{bucket.name}/{made.key}"


def test_a_player_gets_a_link_that_seeks_and_shows(
    client: Client, owner: User, bucket: S3Store, tmp_path: Path
) -> None:
    path = tmp_path / "source.mp4"
    path.write_bytes(CONTENT)
    video = factories.stored(owner, path, factories.probe())
    answer = client.get(source_url(video))
    assert opened(answer["Location"], Range="bytes=10-19") == CONTENT[10:20]
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["response-content-disposition"][0].startswith("inline")


def test_nothing_but_media_is_ever_shown_by_the_bucket(
    client: Client, owner: User, bucket: S3Store
) -> None:
    made = saved(owner, "a.zip", media_type="application/zip", kind=ARCHIVE)
    answer = client.get(made.url, {"inline": ""})
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["response-content-disposition"][0].startswith("attachment")


def test_a_requested_download_is_saved(
    client: Client, owner: User, bucket: S3Store, tmp_path: Path
) -> None:
    path = tmp_path / "source.mp4"
    path.write_bytes(CONTENT)
    video = factories.stored(owner, path, factories.probe())
    answer = client.get(source_url(video), {"download": ""})
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["response-content-disposition"][0].startswith("attachment")
    poster = saved(owner, kind=POSTER, media_type="image/jpeg")
    answer = client.get(poster.url, {"download": ""})
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_sendfile_header_is_not_used_for_those(
    client: Client, owner: User, bucket: S3Store, settings: Settings
) -> None:
    settings.VREWCRAFT_SENDFILE = "nginx"
    answer = client.get(saved(owner).url)
    assert (answer.status_code, answer.headers.get("X-Accel-Redirect")) == (302, None)


@pytest.mark.parametrize("kind", [POSTER, PEAKS])
def test_what_pages_read_comes_through_us(
    client: Client, owner: User, bucket: S3Store, kind: OutputKind
) -> None:
    made = saved(owner, kind=kind, media_type="image/jpeg")
    answer = client.get(made.url)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = client.get(made.url, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_head_is_answered_by_us(client: Client, owner: User, bucket: S3Store) -> None:
    answer = client.head(saved(owner).url)
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(CONTENT)))


def test_strangers_get_no_link(owner: User, stranger: User, bucket: S3Store) -> None:
    made = saved(owner)
    client = Client()
    client.force_login(stranger)
    assert client.get(made.url).status_code == 404


def test_a_file_that_is_gone_is_not_found_and_gets_no_link(
    client: Client, owner: User, bucket: S3Store
) -> None:
    made = saved(owner)
    bucket.delete(made.key)
    assert client.get(made.url).status_code == 404


def test_while_the_bucket_is_down_that_is_said(
    client: Client, owner: User, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = saved(owner)

    def down(_bucket: S3Store, _key: str) -> int:
        raise StorageDown

    monkeypatch.setattr(S3Store, "size", down)
    answer = client.get(made.url)
    assert answer.status_code == 503
    assert "is not responding" in answer.content.decode()


def test_links_carry_the_address_that_browsers_know(
    client: Client,
    owner: User,
    bucket: S3Store,
    data_dir: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VREWCRAFT_S3_PUBLIC_URL", "https://video.example.org")
    settings.VREWCRAFT_S3 = s3_options()
    answer = client.get(saved(owner).url)
    assert answer["Location"].startswith(f"https://video.example.org/{bucket.name}/outputs/")

"""A bucket that does not answer, met by any view."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories
from videos.storage.base import StorageDown
from videos.storage.filesystem import FolderStore
from vrewcraft.accounts.models import User

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nhello\n"


@pytest.fixture(autouse=True)
def down(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object) -> None:
        raise StorageDown("no route to host")

    monkeypatch.setattr(FolderStore, "put", raises)


@pytest.fixture
def owner(db: None) -> User:
    """The person whom a local library signs in."""
    return User.objects.local_owner()


@pytest.fixture
def url(client: Client, owner: User) -> str:
    return f"/api/videos/{factories.ready(owner).pk}/subtitles"


def test_the_api_is_answered_in_json(client: Client, url: str) -> None:
    answer = client.post(url, {"subtitles": SimpleUploadedFile("a.srt", SRT)})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_down")


def test_a_browser_is_answered_by_a_page(client: Client, owner: User) -> None:
    page = f"/videos/{factories.ready(owner).pk}/subtitles/"
    answer = client.post(page, {"subtitles": SimpleUploadedFile("a.srt", SRT)})
    assert answer.status_code == 503
    assert "The storage is not responding." in answer.content.decode()

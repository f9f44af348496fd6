"""A data folder of the test's own, and people at the door."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories, media
from tests.servers.s3 import S3Server
from tests.tus_raw import Tus
from videos.models import Video
from videos.storage import registry
from videos.storage.s3 import S3Store
from vrewcraft.accounts.models import User
from vrewcraft.storage import s3_options


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    """Everything that the library keeps on disk, for one test."""
    settings.VREWCRAFT_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def bucket(
    s3_server: S3Server,
    s3_bucket: str,
    data_dir: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> S3Store:
    """The library of this process in a bucket of the test's own."""
    given = {**s3_server.environment, "AWS_STORAGE_BUCKET_NAME": s3_bucket}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.VREWCRAFT_STORAGE, settings.VREWCRAFT_S3 = "s3", s3_options()
    found = registry.store()
    assert isinstance(found, S3Store)
    return found


@pytest.fixture
def owner(db: None) -> User:
    """The person whom a local library signs in."""
    return User.objects.local_owner()


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody else."""
    return factories.person("stranger")


@pytest.fixture
def client(owner: User) -> Client:
    """The owner's browser or program; forms need no CSRF token here."""
    return Client()


@pytest.fixture
def korean(owner: User) -> Client:
    """The owner's browser, set to Korean."""
    return Client(headers={"accept-language": "ko"})


@pytest.fixture
def clip(owner: User, data_dir: Path) -> Video:
    """A probed video of numbered frames with its file in the library."""
    path = media.numbered()
    return factories.stored(owner, path, media.probed(path), indexed=media.indexed(path))


@pytest.fixture
def tus(client: Client, data_dir: Path) -> Tus:
    """The owner's program that uploads by tus."""
    return Tus(client)


@pytest.fixture
def begun(tus: Tus) -> str:
    """The address of an upload that has no bytes yet."""
    return str(tus.create()["Location"])

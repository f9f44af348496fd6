"""Idempotency-Key of an upload: however often and however fast a file comes, one video."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories
from tests.contract.threads import together
from tests.http import upload
from videos.models import Task, Upload, Video
from videos.services.library import deletion
from videos.services.uploads import quota
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = bytes(600)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    """A data folder of the test's own, and room for one file and no second one."""
    settings.VREWCRAFT_DATA_DIR = tmp_path
    settings.VREWCRAFT_QUOTA_BYTES = 1000
    return tmp_path


def send(
    user: User, content: bytes = CONTENT, name: str = "clip.mp4", *, key: str | None = "k"
) -> Any:
    client = Client()
    client.force_login(user)
    return upload(client, content, name, key=key)


def files(data_dir: Path) -> list[Path]:
    return [path for path in data_dir.rglob("*") if path.is_file()]


def assert_one_video(ann: User, data_dir: Path) -> None:
    """One video with its one task, its one file, and its bytes counted once."""
    video = Video.objects.get()
    assert [task.operation for task in Task.objects.all()] == ["probe"]
    assert files(data_dir) == [data_dir / "library" / video.source_key]
    assert [path.name for path in (data_dir / "library" / "sources").iterdir()] == [str(video.pk)]
    assert quota.used(ann.pk) == len(CONTENT)


def test_the_same_file_again_is_answered_as_before(ann: User, data_dir: Path) -> None:
    first, second = (send(ann, name="a/clip.mp4") for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.status_code == 201
    assert_one_video(ann, data_dir)


@pytest.mark.parametrize("quota", [1000, 0])
def test_sent_at_the_same_moment_it_is_one_video(
    ann: User, data_dir: Path, settings: Settings, quota: int
) -> None:
    settings.VREWCRAFT_QUOTA_BYTES = quota
    answers = together([partial(send, ann)] * 6)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    reported: list[Any] = answers
    assert {answer.status_code for answer in reported} == {201}
    assert len({answer.json()["videoId"] for answer in reported}) == 1
    assert_one_video(ann, data_dir)


@pytest.mark.parametrize(
    ("content", "name"),
    [(bytes(3), "clip.mp4"), (CONTENT, "other.mp4")],
    ids=["length", "name"],
)
def test_another_file_is_refused_and_the_first_stays(
    ann: User, data_dir: Path, content: bytes, name: str
) -> None:
    first = send(ann)
    other = send(ann, content, name)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert send(ann).json() == first.json()
    assert_one_video(ann, data_dir)


def test_of_two_files_at_the_same_moment_one_is_taken(ann: User, data_dir: Path) -> None:
    both = [partial(send, ann, name=name) for name in ("a.mp4", "b.mp4")]
    reported: list[Any] = together(both * 3)
    assert sorted(answer.status_code for answer in reported) == [201] * 3 + [422] * 3
    assert {answer.json().get("code") for answer in reported} == {None, "key_reused"}
    assert_one_video(ann, data_dir)


def test_without_a_key_and_for_each_person_it_is_a_video(ann: User, settings: Settings) -> None:
    settings.VREWCRAFT_QUOTA_BYTES = 0
    bob = factories.person("bob")
    for user, key in ((ann, None), (ann, None), (ann, "k"), (bob, "k")):
        assert send(user, key=key).status_code == 201
    assert Video.objects.count() == 4


def test_a_video_that_was_deleted_is_not_answered(ann: User, settings: Settings) -> None:
    settings.VREWCRAFT_QUOTA_BYTES = 0
    first = Video.objects.get(pk=send(ann).json()["videoId"])
    deletion.delete_video(first)
    new = send(ann).json()["videoId"]
    assert new != str(first.pk)
    assert send(ann).json()["videoId"] == new
    deletion.restore_video(ann, first.pk)
    assert send(ann).json()["videoId"] == new
    assert Upload.objects.count() == 2


def test_one_that_was_restored_is(ann: User) -> None:
    first = Video.objects.get(pk=send(ann).json()["videoId"])
    deletion.delete_video(first)
    deletion.restore_video(ann, first.pk)
    assert send(ann).json()["videoId"] == str(first.pk)


def test_a_key_that_is_too_long_is_refused(ann: User, data_dir: Path) -> None:
    answer = send(ann, key="k" * 201)
    assert answer.status_code == 422
    assert answer.json()["fieldCodes"] == {"Idempotency-Key": "too_long"}
    assert files(data_dir) == []
    assert send(ann, key="k" * 200).status_code == 201

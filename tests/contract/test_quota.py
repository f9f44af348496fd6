"""Space is given away once, however many ask at the same moment."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from tests import factories
from tests.contract.threads import together
from tests.tus_raw import content_of
from videos.core.errors import AppError
from videos.models import Upload
from videos.services.uploads import quota, service
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = 1000


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    """A data folder of the test's own, and 1,000 bytes for everybody."""
    settings.VREWCRAFT_DATA_DIR = tmp_path
    settings.VREWCRAFT_QUOTA_BYTES = ROOM
    return tmp_path


def begin(user: User) -> Upload:
    return service.create(user, 400, name="a.mp4")


def grow(upload_id: UUID) -> None:
    upload = Upload.objects.select_related("video").get(pk=upload_id)
    service.append(upload, 0, content_of(bytes(400)))


def test_creations_at_once_never_reserve_more_than_there_is(ann: User) -> None:
    answers = together([partial(begin, ann)] * 6)
    assert sum(isinstance(answer, Upload) for answer in answers) == 2
    assert {answer.code for answer in answers if isinstance(answer, AppError)} == {"quota_full"}
    assert quota.used(ann.pk) == 800


def test_nor_do_uploads_of_unknown_length_that_grow_at_once(ann: User) -> None:
    uploads = [service.create(ann, None, name="a.mp4").pk for _ in range(6)]
    answers = together([partial(grow, upload) for upload in uploads])
    refused = [answer for answer in answers if isinstance(answer, AppError)]
    assert [answer for answer in answers if answer and answer not in refused] == []
    assert {error.code for error in refused} == {"quota_full"}
    assert (len(refused), quota.used(ann.pk)) == (4, 800)


def test_people_do_not_take_it_from_each_other(ann: User) -> None:
    bob = factories.person("bob")
    answers = together([partial(begin, user) for user in (ann, bob, ann, bob)])
    assert all(isinstance(answer, Upload) for answer in answers)

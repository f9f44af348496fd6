"""The count of an upload's bytes is one statement, and leaves the row as the database has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import factories
from videos.core.rate import Rate
from videos.models import Upload, upload_count
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def upload(ann: User) -> Upload:
    """An upload of 30 bytes without the first."""
    video = factories.arriving(ann)
    return Upload.objects.create(video=video, method=Upload.Method.TUS, length=30, seq=1)


@pytest.mark.parametrize("rate", [Rate(2.5, 4.0), Rate(None, 0.0)])
def test_it_is_one_statement_and_gives_the_row_as_it_is_now(
    upload: Upload, rate: Rate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = upload.updated_at
    with django_assert_num_queries(1):
        upload_count.count(upload, 10, rate, DAY)
    now = Upload.objects.get(pk=upload.pk)
    names = [field.attname for field in Upload._meta.concrete_fields]
    assert [getattr(upload, name) for name in names] == [getattr(now, name) for name in names]
    assert (now.received, now.seq, now.rate) == (10, 2, rate)
    assert now.updated_at > before
    assert now.expires_at == now.updated_at + DAY


def test_one_that_was_removed_is_not_counted(upload: Upload) -> None:
    Upload.objects.all().delete()
    with pytest.raises(Upload.DoesNotExist):
        upload_count.count(upload, 10, Rate(), DAY)

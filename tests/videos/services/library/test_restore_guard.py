"""A library that was used by a newer database keeps what no row names until somebody has looked."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from videos.models import LibraryMark
from videos.services.library import audit, restore_guard
from videos.storage import keys, publishing, registry
from videos.storage.filesystem import FolderStore
from videos.worker import orphans

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["local", pytest.param("s3", marks=[pytest.mark.s3, pytest.mark.slow])])
def where(request: pytest.FixtureRequest) -> str:
    """The library as a folder, then as a bucket."""
    request.getfixturevalue("data_dir" if request.param == "local" else "bucket")
    return str(request.param)


@pytest.fixture
def newest(where: str, settings: Settings) -> str:
    """A file that was uploaded after the database was copied, long ago."""
    settings.VREWCRAFT_UNREFERENCED_SECONDS = -60
    key = keys.source_key(uuid4(), ".mp4")
    publishing.publish_bytes(b"a film", key)
    return key


def restore_an_older_database() -> None:
    """Of the time before the last sweep."""
    assert restore_guard.step()
    LibraryMark.objects.update(number=0)


def test_both_count_together(where: str) -> None:
    assert [restore_guard.step(), restore_guard.step()] == [True, True]
    assert not restore_guard.is_behind()
    assert LibraryMark.objects.get().number == 2


def test_a_new_library_is_never_newer(where: str) -> None:
    assert not restore_guard.is_behind()


def test_an_older_library_is_no_reason_to_wait(where: str) -> None:
    restore_guard.step()
    LibraryMark.objects.update(number=9)
    assert restore_guard.step()


def test_after_a_restore_nothing_is_removed_by_itself(newest: str) -> None:
    restore_an_older_database()
    assert orphans.remove() == 0
    assert registry.store().exists(newest)


def test_the_check_says_so_and_repair_makes_it_the_librarys_own(newest: str) -> None:
    restore_an_older_database()
    assert audit.check().is_newer
    with pytest.raises(CommandError, match="older than the library"):
        call_command("storage", "check")
    call_command("storage", "check", "--repair", "--yes")
    assert not audit.check().is_newer
    assert registry.store().exists(newest)  # it is younger than the check's grace
    assert orphans.remove() == 1


def test_the_mark_belongs_to_no_row_and_is_none_of_the_files(where: str) -> None:
    restore_guard.step()
    report = audit.check()
    assert (report.files, report.findings) == (0, [])


def test_a_count_that_was_interrupted_leaves_the_database_ahead(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "write_mark", lambda _store, _number: None)
        restore_guard.step()
    assert not restore_guard.is_behind()
    assert restore_guard.step()
    assert (data_dir / keys.MARK).read_text() == "2"

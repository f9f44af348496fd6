"""Files that are nobody's any more are removed, and no others."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from tests import factories
from videos import files, leftovers
from videos.models import Task, Video
from videos.models import lifecycle as state
from videos.models.video import library
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def video(owner: User, data_dir: Path) -> Video:
    return factories.ready(owner)


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    """What is a moment old has lain there long enough."""
    settings.VREWCRAFT_LEFTOVER_SECONDS = settings.VREWCRAFT_UNREFERENCED_SECONDS = 1e-9


def kept(key: str) -> Path:
    """A file in the library."""
    files.keep(b"film", key)
    return Path(library().path(key))


class TestWorkFolders:
    """Of attempts: the running one's stays."""

    def folder(self, task: Task, attempt: int) -> Path:
        path = files.work_dir(task.pk, attempt)
        path.mkdir(parents=True)
        return path

    def test_the_one_of_a_running_attempt_stays(self, video: Video) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        dead, running = self.folder(task, 0), self.folder(task, claim.attempt)
        assert leftovers.clear_work() == 1
        assert (dead.exists(), running.exists()) == (False, True)

    def test_those_of_ended_and_unknown_tasks_go(self, video: Video, data_dir: Path) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        self.folder(task, claim.attempt)
        state.end_cancelled(claim)
        (data_dir / "work" / "nobody" / "1").mkdir(parents=True)
        assert leftovers.clear_work() == 2
        assert os.listdir(data_dir / "work") == []  # noqa: PTH208


class TestTheLibrary:
    """What a row names stays, what runs stays, what is young stays."""

    def test_outputs_that_a_row_names_stay_and_others_go(self, video: Video) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        named = kept(files.output_key(task.pk, claim.attempt, "a.mp4"))
        other = kept(files.output_key(task.pk, claim.attempt, "b.mp4"))
        output = factories.output(task, key=files.output_key(task.pk, claim.attempt, "a.mp4"))
        state.complete(claim, [output])
        assert leftovers.remove() == 1
        assert (named.exists(), other.exists()) == (True, False)

    def test_what_a_running_attempt_has_moved_in_stays(self, video: Video) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        moved = kept(files.output_key(task.pk, claim.attempt, "a.mp4"))
        assert leftovers.remove() == 0
        state.give_back(claim)
        assert leftovers.remove() == 1
        assert not moved.exists()

    def test_sources_and_subtitles_of_nobody_go(self, video: Video) -> None:
        Video.objects.filter(pk=video.pk).update(source_key=files.source_key(video.pk, ".mp4"))
        named = kept(files.source_key(video.pk, ".mp4"))
        strangers = [kept(files.source_key(uuid4(), ".mp4")), kept(f"subtitles/{uuid4()}/source")]
        assert leftovers.remove() == 2
        assert (named.exists(), any(path.exists() for path in strangers)) == (True, False)

    def test_what_has_just_come_stays(self, video: Video, settings: Settings) -> None:
        settings.VREWCRAFT_LEFTOVER_SECONDS = settings.VREWCRAFT_UNREFERENCED_SECONDS = 3600
        kept(files.source_key(uuid4(), ".mp4"))
        kept(files.output_key(factories.task(video).pk, 1, "a.mp4"))
        assert leftovers.remove() == 0

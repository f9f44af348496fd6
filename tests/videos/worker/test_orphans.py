"""Files that are nobody's any more are removed, and no others."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from tests import factories
from videos.models import Task, Upload, Video, task_state
from videos.storage import keys, publishing, registry, workdir
from videos.worker import orphans
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def video(owner: User, data_dir: Path) -> Video:
    return factories.ready(owner)


@pytest.fixture(params=["local", pytest.param("s3", marks=[pytest.mark.s3, pytest.mark.slow])])
def where(request: pytest.FixtureRequest) -> str:
    """The library as a folder, then as a bucket."""
    request.getfixturevalue("data_dir" if request.param == "local" else "bucket")
    return str(request.param)


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    """What is there has lain there long enough, by the clock of another machine too."""
    settings.VREWCRAFT_LEFTOVER_SECONDS = settings.VREWCRAFT_UNREFERENCED_SECONDS = -60


def kept(key: str) -> str:
    """The key of a file in the library."""
    publishing.publish_bytes(b"film", key)
    return key


def arriving(video: Video) -> Upload:
    """Its upload, of which nothing has come yet."""
    return Upload.objects.create(video=video, method=Upload.Method.TUS, length=4)


class TestWorkFolders:
    """Of attempts: the running one's stays."""

    def folder(self, task: Task, attempt: int) -> Path:
        path = workdir.work_dir(task.pk, attempt)
        path.mkdir(parents=True)
        return path

    def test_the_one_of_a_running_attempt_stays(self, video: Video) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        dead, running = self.folder(task, 0), self.folder(task, claim.attempt)
        assert orphans.clear_work() == 1
        assert (dead.exists(), running.exists()) == (False, True)

    def test_those_of_ended_and_unknown_tasks_go(self, video: Video, data_dir: Path) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        self.folder(task, claim.attempt)
        task_state.end_cancelled(claim)
        (data_dir / "work" / "nobody" / "1").mkdir(parents=True)
        assert orphans.clear_work() == 2
        assert os.listdir(data_dir / "work") == []  # noqa: PTH208


@pytest.mark.usefixtures("where")
class TestTheLibrary:
    """What a row names stays, what runs stays, what is young stays."""

    def test_outputs_that_a_row_names_stay_and_others_go(self, video: Video) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        named = kept(keys.output_key(task.pk, claim.attempt, "a.mp4"))
        other = kept(keys.output_key(task.pk, claim.attempt, "b.mp4"))
        task_state.complete(claim, [factories.output(task, key=named)])
        assert orphans.remove() == 1
        assert (registry.store().exists(named), registry.store().exists(other)) == (True, False)

    def test_what_a_running_attempt_has_moved_in_stays(self, video: Video) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        moved = kept(keys.output_key(task.pk, claim.attempt, "a.mp4"))
        assert orphans.remove() == 0
        task_state.release(claim)
        assert orphans.remove() == 1
        assert not registry.store().exists(moved)

    def test_what_gets_a_row_during_the_search_stays(
        self, video: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        task = factories.task(video)
        claim = factories.claim(task)
        moved = kept(keys.output_key(task.pk, claim.attempt, "a.mp4"))
        running = orphans._running

        def ends_meanwhile(names: Iterable[str]) -> dict[str, str]:
            task_state.complete(claim, [factories.output(task, key=moved)])
            return running(names)

        monkeypatch.setattr(orphans, "_running", ends_meanwhile)
        assert orphans.remove() == 0
        assert registry.store().exists(moved)

    def test_a_source_that_a_running_attempt_has_made_stays(self, video: Video) -> None:
        claim = factories.claim(factories.task(video))
        made = kept(keys.source_key(video.pk, ".mp4", claim.attempt))
        earlier = kept(keys.source_key(video.pk, ".mp4", claim.attempt + 1))
        assert orphans.remove() == 1
        assert (registry.store().exists(made), registry.store().exists(earlier)) == (True, False)

    def test_a_source_whose_upload_is_being_finished_stays(self, video: Video) -> None:
        upload = arriving(video)
        source = kept(keys.source_key(video.pk, ".mp4"))
        assert orphans.remove() == 0
        upload.delete()
        assert orphans.remove() == 1
        assert not registry.store().exists(source)

    def test_sources_and_subtitles_of_nobody_go(self, video: Video) -> None:
        Video.objects.filter(pk=video.pk).update(source_key=keys.source_key(video.pk, ".mp4"))
        named = kept(keys.source_key(video.pk, ".mp4"))
        strangers = [kept(keys.source_key(uuid4(), ".mp4")), kept(f"subtitles/{uuid4()}/source")]
        assert orphans.remove() == 2
        assert (registry.store().exists(named), any(map(registry.store().exists, strangers))) == (
            True,
            False,
        )

    def test_what_has_just_come_stays(self, video: Video, settings: Settings) -> None:
        settings.VREWCRAFT_LEFTOVER_SECONDS = settings.VREWCRAFT_UNREFERENCED_SECONDS = 3600
        kept(keys.source_key(uuid4(), ".mp4"))
        kept(keys.output_key(factories.task(video).pk, 1, "a.mp4"))
        assert orphans.remove() == 0

    def test_many_are_checked_in_batches(
        self, video: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(orphans, "BATCH", 2)
        for _ in range(5):
            kept(keys.output_key(uuid4(), 1, "a.mp4"))
        assert orphans.remove() == 5

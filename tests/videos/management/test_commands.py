"""The commands, as somebody at a terminal uses them."""

from __future__ import annotations

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from tests import factories, media
from videos.models import Speed, Task, Video, WorkerBeat, task_state
from videos.services.tasks.estimates.estimator import Observed
from videos.services.tasks.estimates.speeds import Key, learn, machine
from vrewcraft.accounts.models import User

FAILURE = task_state.Failure("bad_media", {"detail": "x"})


def run(*words: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def status(task: Task) -> str:
    return Task.objects.get(pk=task.pk).status


class TestImportVideo:
    """Files of this machine become videos."""

    @pytest.mark.slow
    @pytest.mark.django_db(transaction=True)
    def test_a_file_is_copied_in_and_read_by_a_worker(self, owner: User, data_dir: Path) -> None:
        original = media.numbered()
        printed = run("import_video", str(original))
        run("work", "--once")
        video = Video.objects.get()
        assert str(video.pk) in printed
        assert (video.state, video.upload.method) == ("ready", "import")
        assert original.exists()

    def test_a_missing_file_is_named_and_keeps_no_other_out(
        self, owner: User, data_dir: Path
    ) -> None:
        with pytest.raises(CommandError, match=r"nowhere\.mp4: No such file"):
            run("import_video", "nowhere.mp4", str(media.numbered()))
        assert Video.objects.count() == 1

    @pytest.mark.usefixtures("owner")
    def test_an_unknown_owner_is_refused(self, data_dir: Path) -> None:
        with pytest.raises(CommandError, match="no active user named nobody"):
            run("import_video", "--owner", "nobody", str(media.numbered()))

    @pytest.mark.usefixtures("owner", "stranger")
    def test_several_people_need_a_name(self, data_dir: Path) -> None:
        with pytest.raises(CommandError, match="several users"):
            run("import_video", str(media.numbered()))


class TestEdit:
    """An edit is asked for and followed."""

    @pytest.mark.slow
    @pytest.mark.django_db(transaction=True)
    def test_it_runs_the_edit_itself_where_no_worker_does(self, clip: Video) -> None:
        params = ("--param", "startTime=0.5", "--param", "endTime=1.5")
        printed = run("edit", "trim", str(clip.pk), *params)
        task = Task.objects.get(operation="trim")
        assert task.status == "complete"
        path = Path(printed.splitlines()[-1])
        assert path.stat().st_size == task.outputs.get().bytes

    def test_a_wrong_value_is_said_with_its_field(self, clip: Video) -> None:
        with pytest.raises(CommandError, match="endTime: The end must come after the start"):
            run("edit", "trim", str(clip.pk), "--param", "startTime=2", "--param", "endTime=1")

    def test_a_param_without_a_value_is_refused(self, clip: Video) -> None:
        with pytest.raises(CommandError, match="startTime is not NAME=VALUE"):
            run("edit", "trim", str(clip.pk), "--param", "startTime")

    @pytest.mark.usefixtures("owner")
    def test_an_unknown_video_is_refused(self) -> None:
        with pytest.raises(CommandError, match="There is no video"):
            run("edit", "trim", str(uuid4()))

    def test_an_unknown_operation_is_refused(self, clip: Video) -> None:
        with pytest.raises(CommandError, match="Unknown edit"):
            run("edit", "probe", str(clip.pk))


class TestSpeeds:
    """What was learned is shown and forgotten."""

    @pytest.fixture(autouse=True)
    def learned(self, db: None) -> None:
        for operation in ("trim", "thumbnails"):
            key = Key(f"{operation} 0 encoding", "hd", 4.0)
            learn([(key, Observed(start=0.2, work=6.0, tail=0.1, part=1.0))])

    def test_each_step_is_shown_with_its_medians(self) -> None:
        printed = run("speeds")
        assert machine() in printed
        row = next(line for line in printed.splitlines() if "thumbnails 0" in line)
        assert row.split()[3:] == ["hd", "4.00", "s", "1.57", "0.20", "s", "0.10", "s", "1"]

    def test_one_operation_can_be_shown_and_reset(self) -> None:
        assert "thumbnails" not in run("speeds", "trim")
        assert run("speeds", "trim", "--reset") == "1 learned speeds deleted.\n"
        assert Speed.objects.get().kind == "thumbnails 0 encoding"

    def test_what_was_never_learned_is_said(self) -> None:
        with pytest.raises(CommandError, match="There are no measurements of burn"):
            run("speeds", "burn")


class TestReprocess:
    """Tasks are chosen by what they are, and run again."""

    @pytest.fixture
    def video(self, owner: User) -> Video:
        return factories.ready(owner)

    @pytest.fixture
    def failed(self, video: Video) -> Task:
        task = factories.task(video)
        task_state.fail(factories.claim(task), FAILURE)
        return task

    @pytest.fixture
    def complete(self, video: Video) -> Task:
        task = factories.task(video)
        task_state.complete(factories.claim(task), [factories.output(task)])
        return task

    def test_it_wants_to_know_which(self, failed: Task) -> None:
        with pytest.raises(CommandError, match="Choose tasks by id"):
            run("reprocess")

    def test_a_dry_run_only_says_what_it_would_do(self, failed: Task) -> None:
        assert "1 tasks would be run again" in run("reprocess", "--status", "error", "--dry-run")
        assert status(failed) == "error"

    def test_a_failed_task_is_retried_in_place(self, failed: Task, complete: Task) -> None:
        run("reprocess", "--status", "error")
        assert (status(failed), status(complete)) == ("pending", "complete")
        assert Task.objects.count() == 2

    def test_a_complete_task_is_run_again_as_new(self, complete: Task) -> None:
        run("reprocess", str(complete.pk))
        assert status(complete) == "complete"
        assert Task.objects.exclude(pk=complete.pk).get().status == "pending"

    def test_every_filter_must_hold(self, failed: Task, video: Video) -> None:
        assert "0 tasks" in run("reprocess", "--video", str(video.pk), "--operation", "burn")
        assert "0 tasks" in run("reprocess", "--status", "error", "--older-than", "1h")
        Task.objects.update(created_at=timezone.now() - timedelta(hours=2))
        assert "0 tasks" in run("reprocess", "--status", "error", "--newer-than", "1h")
        assert "1 tasks" in run("reprocess", "--status", "error", "--older-than", "1h")

    def test_an_age_that_is_none_is_refused(self, failed: Task) -> None:
        with pytest.raises(CommandError, match="soon is not an age"):
            run("reprocess", "--older-than", "soon")

    def test_a_named_task_that_is_under_way_is_an_error(self, video: Video) -> None:
        waiting = factories.task(video)
        with pytest.raises(CommandError, match="have not ended"):
            run("reprocess", str(waiting.pk))

    def test_a_task_that_cannot_be_repeated_does_not_keep_the_others_back(
        self, video: Video, failed: Task
    ) -> None:
        sample = factories.task(video, operation="sample", is_gate=True)
        task_state.complete(factories.claim(sample), [])
        with pytest.raises(CommandError, match="originals cannot be created again"):
            run("reprocess", "--video", str(video.pk))
        assert status(failed) == "pending"


class TestReap:
    """Tasks of lost workers return to the queue."""

    @pytest.fixture
    def lost(self, owner: User) -> Task:
        task = factories.task(factories.ready(owner))
        factories.claim(task)
        Task.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
        return task

    def test_a_lost_task_is_pending_again(self, lost: Task, data_dir: Path) -> None:
        assert run("reap").startswith("1 tasks returned to the queue")
        assert status(lost) == "pending"

    def test_abandoned_uploads_are_deleted_after_a_day(self, lost: Task, data_dir: Path) -> None:
        part = data_dir / "incoming" / "x.part"
        part.parent.mkdir()
        part.write_bytes(b"half")
        assert "0 abandoned files" in run("reap")
        long_ago = (timezone.now() - timedelta(days=2)).timestamp()
        os.utime(part, (long_ago, long_ago))
        assert "1 abandoned files" in run("reap")
        assert not part.exists()

    def test_workers_not_seen_for_a_day_are_removed(self, db: None, data_dir: Path) -> None:
        factories.worker_beat(seconds_ago=24 * 3600 + 60)
        run("reap")
        assert not WorkerBeat.objects.exists()

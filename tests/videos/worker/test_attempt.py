"""One attempt, from its claim to its end, on real ffmpeg where it matters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pytest_django import Settings

from tests import factories, media
from videos.core.enums import StepCode
from videos.media.ffmpeg.errors import BadMedia, BadOutput, DiskFull, MediaError, OutOfMemory
from videos.media.ffmpeg.process import Finished, StopReason
from videos.models import Attempt, Output, Task, Video, progress_write, task_state
from videos.models.progress_write import Advance
from videos.models.task_queue import Claim
from videos.operations.trim import OPERATION as TRIM
from videos.services.tasks import requests
from videos.storage.registry import store
from videos.worker import attempt as attempts
from videos.worker import publish as publishing
from videos.worker.attempt import AttemptRunner
from vrewcraft.accounts.models import User
from vrewcraft.ops.logging import fields

Fails = Callable[[Exception], None]


def trim(video: Video, start: float = 1.0, end: float = 2.0, mode: str = "fast") -> Task:
    data = {"startTime": start, "endTime": end, "mode": mode}
    return requests.request_edit(video, TRIM, data).task


def attempt(task: Task, stop: StopReason | None = None) -> Task:
    """Run one attempt of a pending task; the row afterwards."""
    Task.objects.filter(pk=task.pk).update(not_before=None)
    task.refresh_from_db()
    AttemptRunner(factories.claim(task), lambda: stop).run()
    return Task.objects.select_related("video").get(pk=task.pk)


def last(task: Task) -> Attempt:
    return task.attempts.order_by("-number")[0]


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(data_dir: Path) -> Iterator[None]:
    """However an attempt ends, its work folder is gone."""
    yield
    work = data_dir / "work"
    assert not work.exists() or list(work.iterdir()) == []


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Fails:
    """Every step fails with the error given."""

    def fail(error: Exception) -> None:
        def run_step(*_: object, **__: object) -> Finished:
            raise error

        monkeypatch.setattr(attempts, "run_step", run_step)

    return fail


class TestSuccess:
    """What a trim leaves."""

    def test_the_output_holds_the_frames_between_the_times(self, clip: Video) -> None:
        task = attempt(trim(clip, 1.24, 2.6, "exact"))
        assert task.status == "complete"
        output = task.outputs.get()
        path = store().local_path(output.key)
        assert media.frame_numbers(path) == list(range(31, 65))
        assert output.bytes == path.stat().st_size

    def test_the_original_is_never_touched(self, clip: Video) -> None:
        attempt(trim(clip))
        path = store().local_path(clip.source_key)
        assert path.read_bytes() == media.numbered().read_bytes()

    def test_the_attempt_keeps_what_was_run_and_how_long_it_took(self, clip: Video) -> None:
        kept = last(attempt(trim(clip)))
        assert (kept.outcome, kept.exit_code, kept.error_code) == ("complete", 0, "")
        assert "videos.media.jobs.cutting" in kept.commands[0]
        assert len(kept.commands) == len(kept.timings) == 2
        assert kept.ffmpeg_version
        assert kept.ended_at is not None

    def test_progress_rises_from_start_to_end_and_every_step_is_named(
        self, clip: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[Advance] = []
        advance = progress_write.advance

        def watched(claim: Claim, to: Advance) -> Task:
            seen.append(to)
            return advance(claim, to)

        monkeypatch.setattr(progress_write, "advance", watched)
        attempt(trim(clip, 0.2, 4, "exact"))
        assert [step.step for step in seen][:1] == [StepCode.ENCODING]
        assert {step.step for step in seen} == {
            StepCode.ENCODING,
            StepCode.COPYING,
            StepCode.VERIFYING,
            StepCode.STORING,
        }
        fractions = [step.fraction for step in seen]
        assert all(before <= after for before, after in pairwise(fractions))
        assert fractions[-1] < 1

    def test_a_probe_makes_the_video_ready_and_asks_for_its_poster(
        self, owner: User, data_dir: Path
    ) -> None:
        video = factories.stored(owner, media.numbered(), factories.probe())
        Video.objects.filter(pk=video.pk).update(state="arriving", probe=None)
        video.refresh_from_db()
        task = factories.task(video, operation="probe", params={}, work_class="probe")
        assert attempt(task).video.state == "ready"
        poster = video.tasks.get(operation="poster")
        assert attempt(poster).outputs.get().media_type == "image/jpeg"


class TestFailure:
    """A reason that a person can read, and another try only where it can help."""

    @pytest.mark.parametrize(
        ("error", "tries"), [(BadMedia({"detail": "x"}), 1), (OutOfMemory(), 3), (DiskFull(), 6)]
    )
    def test_each_kind_has_its_number_of_tries(
        self, clip: Video, fails: Fails, error: MediaError, tries: int
    ) -> None:
        fails(error)
        task = trim(clip)
        for _ in range(tries - 1):
            task = attempt(task)
            assert task.status == "pending"
        task = attempt(task)
        assert (task.status, task.error_code, task.attempt) == ("error", error.code, tries)
        assert task.error_blanks == error.args

    def test_settings_give_each_kind_its_number_of_tries(
        self, clip: Video, fails: Fails, settings: Settings
    ) -> None:
        settings.VREWCRAFT_CRASH_RETRIES, settings.VREWCRAFT_INFRASTRUCTURE_RETRIES = 1, 0
        for error, tries in ((OutOfMemory(), 2), (DiskFull(), 1)):
            fails(error)
            task = trim(clip)
            while task.status == "pending":
                task = attempt(task)
            assert task.attempt == tries

    def test_what_failed_in_one_way_may_still_fail_in_the_other(
        self, clip: Video, fails: Fails
    ) -> None:
        task = trim(clip)
        for error in (DiskFull(), DiskFull(), OutOfMemory(), OutOfMemory()):
            fails(error)
            task = attempt(task)
            assert task.status == "pending"
        assert attempt(task).status == "error"

    def test_the_wait_does_not_grow_for_ever(
        self, clip: Video, fails: Fails, settings: Settings
    ) -> None:
        settings.VREWCRAFT_CRASH_RETRIES, settings.VREWCRAFT_RETRY_SECONDS = 1000, 0.01
        fails(OutOfMemory())
        task = trim(clip)
        Task.objects.filter(pk=task.pk).update(failures=900)
        task = attempt(task)
        assert task.not_before is not None
        assert (task.not_before - task.updated_at).total_seconds() <= 0.01 * 32 * 1.5

    def test_the_wait_before_another_try_grows(self, clip: Video, fails: Fails) -> None:
        fails(DiskFull())
        task, waits = trim(clip), []
        for _ in range(3):
            task = attempt(task)
            assert task.not_before is not None
            waits.append((task.not_before - task.updated_at).total_seconds())
        assert 2 <= waits[0] < waits[1] < waits[2] <= 12.5

    def test_an_internal_error_is_retried_and_then_reported(
        self, clip: Video, fails: Fails
    ) -> None:
        fails(ZeroDivisionError())
        task = trim(clip)
        for _ in range(3):
            task = attempt(task)
        assert (task.status, task.error_code) == ("error", "internal")

    def test_a_source_that_has_gone_is_a_readable_failure(self, clip: Video) -> None:
        store().local_path(clip.source_key).unlink()
        task = attempt(trim(clip))
        assert (task.status, task.error_code) == ("error", "bad_media")
        assert "/" not in str(task.error_blanks["detail"])
        assert last(task).exit_code != 0
        assert last(task).stderr_tail

    def test_what_ffmpeg_wrote_is_not_published_when_it_fails_its_check(
        self, clip: Video, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object) -> None:
            raise BadOutput({"detail": "99 pictures instead of 100"})

        monkeypatch.setattr(publishing, "check", fails)
        task = attempt(trim(clip))
        # The same work would give the same result, so it is done once.
        assert (task.status, task.failures, task.error_code) == ("error", 0, "bad_output")
        assert Output.objects.count() == 0
        assert not (data_dir / "library/outputs").exists()

    def test_params_are_checked_again_once_the_length_is_known(
        self, owner: User, clip: Video
    ) -> None:
        task = trim(factories.arriving(owner), 100, 200)
        Task.objects.filter(pk=task.pk).update(video=clip, claimable=True, work_class="cpu")
        task.source_links.update(video=clip)
        task = attempt(task)
        assert (task.status, task.error_code) == ("error", "past_the_end")
        assert task.error_blanks == {"end": "00:04"}

    def test_an_edit_of_a_video_that_turned_out_broken_ends_for_that_reason(
        self, owner: User
    ) -> None:
        video = factories.arriving(owner)
        task = trim(video)
        video.become_broken("truncated", {})
        Task.objects.filter(pk=task.pk).update(claimable=True)
        assert attempt(task).error_code == "truncated"

    def test_an_operation_that_is_gone_is_a_readable_failure(self, clip: Video) -> None:
        assert attempt(factories.task(clip, operation="gone")).error_code == "unknown_operation"

    def test_a_probe_that_fails_breaks_the_video_for_the_same_reason(
        self, owner: User, data_dir: Path
    ) -> None:
        path = media.folder() / "empty.mp4"
        path.write_bytes(b"")
        video = factories.stored(owner, path, factories.probe())
        Video.objects.filter(pk=video.pk).update(state="arriving", probe=None)
        video.refresh_from_db()
        probe = {"operation": "probe", "params": {}, "work_class": "probe", "is_gate": True}
        task = attempt(factories.task(video, **probe))
        assert (task.error_code, task.video.error_code) == ("empty_file", "empty_file")
        assert task.video.state == "broken"


class TestStopping:
    """An abort has a reason, and the reason decides what becomes of the task."""

    @pytest.mark.parametrize(
        ("reason", "status", "outcome"),
        [
            (StopReason.CANCELLED, "cancelled", "cancelled"),
            (StopReason.SHUTDOWN, "pending", "shutdown"),
            (StopReason.LOST, "processing", "running"),
        ],
    )
    def test_before_the_first_step(
        self, clip: Video, reason: StopReason, status: str, outcome: str
    ) -> None:
        task = attempt(trim(clip), reason)
        assert (task.status, last(task).outcome) == (status, outcome)
        assert Output.objects.count() == 0

    @pytest.mark.parametrize(
        ("reason", "status"),
        [(StopReason.CANCELLED, "cancelled"), (StopReason.SHUTDOWN, "pending")],
    )
    def test_while_ffmpeg_runs(self, clip: Video, reason: StopReason, status: str) -> None:
        task = trim(clip, 0, 4, "exact")
        asked = iter([None, None])
        AttemptRunner(factories.claim(task), lambda: next(asked, reason)).run()
        task.refresh_from_db()
        assert task.status == status
        assert task.failures == 0
        assert Output.objects.count() == 0

    def test_a_task_that_another_worker_claimed_is_left_to_it(self, clip: Video) -> None:
        task = trim(clip)
        claim = factories.claim(task)
        task_state.reap(also_workers=[factories.WORKER])
        factories.claim(Task.objects.get(pk=task.pk), "another")
        AttemptRunner(claim, lambda: None).run()
        task.refresh_from_db()
        assert (task.status, task.worker, task.attempt) == ("processing", "another", 2)


def test_the_settings_of_the_library_decide_where_files_go(clip: Video, settings: Settings) -> None:
    task = attempt(trim(clip))
    path = store().local_path(task.outputs.get().key)
    assert path.is_relative_to(settings.VREWCRAFT_DATA_DIR)


class TestLogs:
    """Whatever is logged while an attempt runs says which one."""

    def test_every_line_of_an_attempt_carries_its_ids(
        self, clip: Video, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[dict[str, object]] = []

        def look(record: logging.LogRecord) -> bool:
            seen.append({"message": record.getMessage(), **fields(record)})
            return True

        def deep_inside(*_: object) -> None:
            logging.getLogger("somewhere.else").warning("deep inside")

        monkeypatch.setattr(caplog.handler, "filters", [look])
        monkeypatch.setattr(attempts, "publish", deep_inside)
        task = trim(clip)
        attempt(task)
        ids = {"task": task.pk, "video": clip.pk, "attempt": 1, "user": clip.owner_id}
        messages = ["attempt starts", "deep inside", "attempt complete"]
        assert seen == [{"message": message, **ids} for message in messages]

    def test_a_stopped_attempt_says_why(
        self, clip: Video, caplog: pytest.LogCaptureFixture
    ) -> None:
        attempt(trim(clip), StopReason.SHUTDOWN)
        last_line = caplog.records[-1]
        assert (last_line.getMessage(), fields(last_line)["code"]) == (
            "attempt stopped",
            StopReason.SHUTDOWN.value,
        )

    def test_a_failure_says_its_code_and_nothing_of_the_file(
        self, clip: Video, fails: Fails, caplog: pytest.LogCaptureFixture
    ) -> None:
        fails(BadMedia({"detail": "secret.mp4"}))
        attempt(trim(clip))
        assert fields(caplog.records[-1])["code"] == "bad_media"
        assert "secret" not in caplog.text

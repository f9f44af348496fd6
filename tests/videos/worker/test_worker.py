"""The worker: it takes what is there, keeps its leases, and leaves nothing hanging when it goes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests import factories
from tests.work import WAIT_SECONDS, drain, status, until
from videos.core.enums import WorkClass
from videos.media.ffmpeg.encoders import ffmpeg_version
from videos.media.ffmpeg.errors import FfmpegMissing
from videos.media.ffmpeg.process import StopReason
from videos.models import Task, Video, VideoIndex, WorkerBeat, task_state
from videos.models.task_queue import Claim
from videos.operations.trim import OPERATION as TRIM
from videos.services.tasks import control, requests
from videos.worker import process_id
from videos.worker.worker import Worker, default_slots


def trim(video: Video, mode: str = "fast") -> Task:
    data = {"startTime": 0.0, "endTime": 4.0, "mode": mode}
    return requests.request_edit(video, TRIM, data).task


@pytest.fixture
def worker(transactional_db: None, data_dir: Path, settings: Settings) -> Iterator[Worker]:
    """A worker in threads of this process that looks around often."""
    settings.VREWCRAFT_HEARTBEAT_SECONDS = 0.05
    settings.VREWCRAFT_REAP_SECONDS = 0.05
    worker = Worker()
    yield worker
    worker.stop()
    assert worker.join(WAIT_SECONDS)


class HeldRunner:
    """A runner that holds its task until told to stop, as a long encode would."""

    started: threading.Event
    reasons: list[StopReason]

    def __init__(
        self,
        claim: Claim,
        stop: Callable[[], StopReason | None],
        paused: Callable[[], bool],
        **_: object,
    ) -> None:
        self._claim, self._stop = claim, stop

    def run(self) -> None:
        self.started.set()
        while (reason := self._stop()) is None:
            time.sleep(0.01)
        self.reasons.append(reason)
        if reason is StopReason.SHUTDOWN:
            task_state.release(self._claim)
        elif reason is StopReason.CANCELLED:
            task_state.end_cancelled(self._claim)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> type[HeldRunner]:
    """Every task runs until it is stopped."""
    runner = type("Held", (HeldRunner,), {"started": threading.Event(), "reasons": []})
    monkeypatch.setattr("videos.worker.claims.AttemptRunner", runner)
    return runner


def test_draining_runs_all_that_can_be_taken(clip: Video) -> None:
    tasks = [trim(clip), trim(clip, "exact")]
    waiting = factories.task(clip, claimable=False)
    drain()
    assert [status(task) for task in tasks] == ["complete", "complete"]
    assert status(waiting) == "pending"


def test_each_class_has_slots_of_its_own(settings: Settings) -> None:
    settings.VREWCRAFT_CPU_SLOTS = 3
    assert default_slots() == {WorkClass.CPU: 3, WorkClass.COPY: 1, WorkClass.PROBE: 1}


def test_threads_run_a_requested_task(worker: Worker, clip: Video) -> None:
    worker.start()
    task = trim(clip)
    until(lambda: status(task) == "complete")


@pytest.mark.slow
def test_a_slot_outlives_any_error(
    worker: Worker, clip: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fails:
        def __init__(self, *_: object, **_named: object) -> None:
            monkeypatch.undo()

        def run(self) -> None:
            raise OSError("nobody expected this")

    monkeypatch.setattr("videos.worker.worker.POLL_SECONDS", 0.05)
    monkeypatch.setattr("videos.worker.claims.AttemptRunner", Fails)
    worker.start()
    trim(clip)
    second = trim(clip)
    until(lambda: status(second) == "complete")


def test_a_copy_does_not_wait_behind_an_encode(
    worker: Worker, clip: Video, held: type[HeldRunner]
) -> None:
    VideoIndex.objects.all().delete()  # so that nobody knows that the clip costs next to nothing
    worker.start()
    encode, copy = trim(clip, "exact"), trim(clip)
    until(lambda: status(encode) == status(copy) == "processing")


def test_the_lease_of_a_running_task_is_kept_alive(
    worker: Worker, clip: Video, held: type[HeldRunner]
) -> None:
    worker.start()
    task = trim(clip)
    assert held.started.wait(WAIT_SECONDS)
    first = Task.objects.get(pk=task.pk).lease_until
    assert first is not None
    until(lambda: (Task.objects.get(pk=task.pk).lease_until or first) > first)


def test_stopping_releases_running_tasks(
    worker: Worker, clip: Video, held: type[HeldRunner]
) -> None:
    worker.start()
    task = trim(clip)
    assert held.started.wait(WAIT_SECONDS)
    worker.stop()
    assert worker.join(WAIT_SECONDS)
    found = Task.objects.get(pk=task.pk)
    assert held.reasons == [StopReason.SHUTDOWN]
    assert (found.status, found.failures, found.losses) == ("pending", 0, 0)


def test_a_cancel_reaches_the_running_task(
    worker: Worker, clip: Video, held: type[HeldRunner]
) -> None:
    worker.start()
    task = trim(clip)
    assert held.started.wait(WAIT_SECONDS)
    control.cancel_task(task)
    until(lambda: status(task) == "cancelled")
    assert held.reasons == [StopReason.CANCELLED]


def test_a_worker_that_lost_its_task_stops_it(
    worker: Worker, clip: Video, held: type[HeldRunner]
) -> None:
    worker.start()
    task = trim(clip)
    assert held.started.wait(WAIT_SECONDS)
    Task.objects.filter(pk=task.pk).update(attempt=7)
    until(lambda: held.reasons == [StopReason.LOST])


def test_tasks_of_a_dead_worker_run_again_at_once(worker: Worker, clip: Video) -> None:
    task = trim(clip)
    name = f"{process_id.this_host()}/999999999/1"
    factories.claim(task, name, lease_seconds=1000)
    worker.start()
    until(lambda: status(task) == "complete")
    assert Task.objects.get(pk=task.pk).attempt == 2


def test_a_task_whose_lease_ran_out_is_taken_over(worker: Worker, clip: Video) -> None:
    worker.start()
    task = trim(clip)
    until(lambda: status(task) == "complete")
    other = factories.task(clip, claimable=False)
    Task.objects.filter(pk=other.pk).update(
        claimable=True,
        status="processing",
        worker="elsewhere/1/1",
        lease_until=timezone.now() - timedelta(seconds=1),
    )
    until(lambda: status(other) == "complete")


class TestHeartbeat:
    """Everybody can see that a worker lives."""

    def test_a_worker_says_who_it_is(self, worker: Worker, settings: Settings) -> None:
        worker.start()
        until(WorkerBeat.objects.exists)
        beat = WorkerBeat.objects.get()
        assert (beat.name, beat.pid) == (worker.name, os.getpid())
        assert beat.slots == {"cpu": 1, "copy": 1, "probe": 1}
        assert (beat.version, beat.ffmpeg_version) == (settings.VREWCRAFT_VERSION, ffmpeg_version())
        assert WorkerBeat.objects.live(settings.VREWCRAFT_LEASE_SECONDS).exists()

    def test_its_heartbeat_is_repeated(self, worker: Worker) -> None:
        worker.start()
        until(WorkerBeat.objects.exists)
        first = WorkerBeat.objects.get()
        until(lambda: WorkerBeat.objects.get().beat_at > first.beat_at)
        assert WorkerBeat.objects.get().started_at == first.started_at

    def test_a_worker_that_stops_in_order_signs_off(self, worker: Worker) -> None:
        worker.start()
        until(WorkerBeat.objects.exists)
        worker.stop()
        assert worker.join(WAIT_SECONDS)
        assert not WorkerBeat.objects.exists()

    def test_a_missing_ffmpeg_stops_no_heartbeat(
        self, worker: Worker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing() -> str:
            raise FfmpegMissing({"detail": "not there"})

        monkeypatch.setattr("videos.worker.heartbeat.ffmpeg_version", missing)
        worker.start()
        until(WorkerBeat.objects.exists)
        assert WorkerBeat.objects.get().ffmpeg_version == ""

    def test_those_not_seen_for_a_day_are_removed(self, worker: Worker) -> None:
        factories.worker_beat("elsewhere/1/1", seconds_ago=24 * 3600 + 60)
        factories.worker_beat("elsewhere/2/1", seconds_ago=23 * 3600)
        worker.start()
        until(lambda: not WorkerBeat.objects.filter(name="elsewhere/1/1").exists())
        assert WorkerBeat.objects.filter(name="elsewhere/2/1").exists()

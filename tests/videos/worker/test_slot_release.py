"""A slot whose task stands still runs another one, comes back for it, and loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from uuid import UUID

import pytest
from pytest_django import Settings

from tests import factories
from tests.work import WAIT_SECONDS, status, until
from videos.core.enums import WorkClass
from videos.media.ffmpeg.process import StopReason
from videos.models import Task, Video, task_state
from videos.models.task_queue import Claim
from videos.worker.claims import TaskExecutor
from videos.worker.slot_release import MAX_RELEASED, SlotReleaser

ENDS = {StopReason.SHUTDOWN: task_state.release, StopReason.CANCELLED: task_state.end_cancelled}
SOON_SECONDS = 1.0


class HeldRunner:
    """A runner that is at work until its task is in `done`, or until it is stopped."""

    done: set[UUID]

    def __init__(
        self,
        claim: Claim,
        stop: Callable[[], StopReason | None],
        _paused: Callable[[], bool],
        **_: object,
    ) -> None:
        self._claim, self._stop = claim, stop

    def run(self) -> None:
        while self._claim.task_id not in self.done or _task(self._claim.task_id).paused:
            if reason := self._stop():
                ENDS[reason](self._claim)
                return
            time.sleep(0.02)
        task_state.fail(self._claim, task_state.Failure("internal", {}, "never"))


def _task(pk: UUID) -> Task:
    return Task.objects.get(pk=pk)


class Slot:
    """Tasks, and a releaser that is called for them by any number of slots."""

    def __init__(self, executor: TaskExecutor, done: set[UUID], video: Video) -> None:
        self.executor, self._done, self.video = executor, done, video
        self.slot_releaser = SlotReleaser(executor)
        self._threads = ThreadPoolExecutor()

    def call(self) -> Future[bool]:
        return self._threads.submit(self.slot_releaser.run_one, WorkClass.CPU)

    def running(self) -> tuple[Task, Future[bool]]:
        task = factories.task(self.video, work_class=WorkClass.CPU)
        call = self.call()
        until(lambda: status(task) == "processing")
        return task, call

    def released(self) -> Task:
        task, call = self.running()
        pause(task)
        assert call.result(WAIT_SECONDS)
        return task

    def finish(self, task: Task) -> None:
        self._done.add(task.pk)

    def stop(self) -> bool:
        self.executor.stopping.set()
        ended = self.slot_releaser.join(WAIT_SECONDS)
        self.executor.join(WAIT_SECONDS)
        return ended


def pause(task: Task, *, paused: bool = True) -> None:
    Task.objects.filter(pk=task.pk).update(paused=paused)


def keeps_running(call: Future[bool]) -> bool:
    """Whether it has not come back for a while."""
    try:
        call.result(SOON_SECONDS)
    except TooLate:
        return True
    return False


@pytest.fixture
def slot(
    transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Slot]:
    settings.VREWCRAFT_HEARTBEAT_SECONDS = 0.05
    done: set[UUID] = set()
    monkeypatch.setattr(
        "videos.worker.claims.AttemptRunner", type("Held", (HeldRunner,), {"done": done})
    )
    executor = TaskExecutor({})
    executor.start()
    slot = Slot(executor, done, factories.ready(factories.person("ann")))
    yield slot
    assert slot.stop()


def test_a_call_says_whether_there_was_work(slot: Slot) -> None:
    assert not slot.slot_releaser.run_one(WorkClass.CPU)
    task, call = slot.running()
    slot.finish(task)
    assert call.result(WAIT_SECONDS)
    assert status(task) == "error"


@pytest.mark.slow
def test_a_call_lasts_as_long_as_its_running_task(slot: Slot) -> None:
    _, call = slot.running()
    assert keeps_running(call)


def test_what_a_run_meets_reaches_the_caller(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise OSError("nobody expected this")

    monkeypatch.setattr("videos.worker.claims.AttemptRunner.run", fails)
    with pytest.raises(OSError, match="nobody expected this"):
        slot.running()[1].result(WAIT_SECONDS)


def test_a_task_whose_thread_cannot_be_started_goes_back_to_the_queue(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot_start(_: object) -> None:
        raise RuntimeError("can't start new thread")

    task = factories.task(slot.video, work_class=WorkClass.CPU)
    with monkeypatch.context() as patch:
        patch.setattr("videos.worker.slot_release._Attempt.start", cannot_start)
        with pytest.raises(RuntimeError, match="can't start"):
            slot.slot_releaser.run_one(WorkClass.CPU)
    assert status(task) == "pending"
    assert slot.executor.is_idle()


def test_a_paused_task_releases_its_slot_and_keeps_its_lease(slot: Slot) -> None:
    paused = slot.released()
    other, call = slot.running()
    slot.finish(other)
    assert call.result(WAIT_SECONDS)
    assert status(paused) == "processing"
    before = _task(paused.pk).lease_until
    assert before is not None
    until(lambda: (_task(paused.pk).lease_until or before) > before)


@pytest.mark.slow
def test_what_was_resumed_has_its_slot_back_before_anything_begins(slot: Slot) -> None:
    resumed = slot.released()
    pause(resumed, paused=False)
    time.sleep(SOON_SECONDS)
    waiting = factories.task(resumed.video, work_class=WorkClass.CPU)
    call = slot.call()
    assert keeps_running(call)
    assert (status(resumed), status(waiting)) == ("processing", "pending")
    slot.finish(resumed)
    until(lambda: status(waiting) == "processing")
    assert status(resumed) == "error"


@pytest.mark.slow
def test_what_was_resumed_and_paused_again_releases_its_slot_again(slot: Slot) -> None:
    task = slot.released()
    pause(task, paused=False)
    time.sleep(SOON_SECONDS)
    call = slot.call()
    assert keeps_running(call)
    pause(task)
    assert call.result(WAIT_SECONDS) is False
    assert status(task) == "processing"


@pytest.mark.slow
def test_the_number_of_released_slots_is_limited(slot: Slot) -> None:
    released = [slot.released() for _ in range(MAX_RELEASED)]
    one_more, call = slot.running()
    pause(one_more)
    assert keeps_running(call)
    pause(released[0], paused=False)
    slot.finish(released[0])
    assert call.result(WAIT_SECONDS)
    assert status(one_more) == "processing"


def test_a_task_with_a_released_slot_can_be_cancelled(slot: Slot) -> None:
    task = slot.released()
    Task.objects.filter(pk=task.pk).update(cancel_requested=True)
    until(lambda: status(task) == "cancelled")


def test_a_stop_releases_running_and_paused_tasks(slot: Slot) -> None:
    released = slot.released()
    running, call = slot.running()
    assert slot.stop()
    assert (status(released), status(running)) == ("pending", "pending")
    assert call.result(WAIT_SECONDS)
    assert not slot.slot_releaser.run_one(WorkClass.CPU)

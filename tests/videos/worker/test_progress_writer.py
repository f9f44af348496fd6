"""How far an attempt is, from what its children say to its task's row."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests import factories
from tests.clock import Clock
from videos.core.enums import StepCode
from videos.media.ffmpeg.outcome import StopReason
from videos.media.ffmpeg.progress import Report
from videos.models import Speed, Task
from videos.operations.base import Step
from videos.services.tasks.estimates.speeds import Key
from videos.worker import progress_writer
from videos.worker.progress_writer import ProgressWriter
from vrewcraft.accounts.models import User

SECOND = 1_000_000
WHOLE = Key("trim whole cpu", "hd", 10.0)
COPY = Step(("true",), StepCode.COPYING, 10.0, expected_us=10 * SECOND)
CHECK = Step(("true",), StepCode.VERIFYING, 1.0, expected_frames=5)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def task(owner: User) -> Task:
    return factories.task(factories.ready(owner))


def metered(task: Task, clock: Clock, *steps: Step, whole: Key = WHOLE) -> ProgressWriter:
    return ProgressWriter(factories.claim(task), "trim", "hd", steps or (COPY, CHECK), whole, clock)


def row(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_each_step_is_named_while_it_works(task: Task, clock: Clock) -> None:
    found = metered(task, clock)
    seen = []
    for number in range(3):
        found.begin(number)
        seen.append(row(task).step)
    assert seen == [StepCode.COPYING, StepCode.VERIFYING, StepCode.STORING]


def test_a_report_becomes_the_row_with_all_that_it_says(task: Task, clock: Clock) -> None:
    found = metered(task, clock)
    found.begin(0)
    for second in (1, 5):
        clock.now += second
        found.report(Report(out_time_us=second * SECOND, bytes=second, fps=25.0, speed=2.0))
    reported = row(task)
    assert 0.3 < reported.fraction < 0.6
    assert (reported.done_us, reported.done_bytes, reported.fps, reported.speed) == (
        5 * SECOND,
        5,
        25.0,
        2.0,
    )


def test_the_row_is_written_five_times_a_second_at_most(task: Task, clock: Clock) -> None:
    found = metered(task, clock)
    found.begin(0)
    before = row(task).seq
    for n in range(1, 11):
        clock.now += 0.1
        found.report(Report(out_time_us=n * SECOND // 10))
    assert row(task).seq - before == 5


def test_the_last_report_before_a_silence_is_written_too(task: Task, clock: Clock) -> None:
    found = metered(task, clock)
    found.begin(0)
    clock.now += 0.1
    found.report(Report(out_time_us=SECOND))
    assert row(task).done_us is None
    clock.now += 0.1
    found.check()
    assert row(task).done_us == SECOND


def test_what_says_nothing_of_how_far_it_is_is_indeterminate(task: Task, clock: Clock) -> None:
    found = metered(task, clock, Step(("true",), StepCode.ENCODING, 1.0))
    found.begin(0)
    clock.now += 1
    found.report(Report(out_time_us=3 * SECOND))
    reported = row(task)
    assert (reported.indeterminate, reported.done_us, reported.eta_seconds) == (
        True,
        3 * SECOND,
        None,
    )


def test_a_stall_is_reported_after_a_while_and_ends_with_progress(task: Task, clock: Clock) -> None:
    found = metered(task, clock)
    found.begin(0)
    clock.now += progress_writer.STALL_SECONDS - 1
    assert (found.check(), row(task).stalled) == (None, False)
    clock.now += 2
    assert (found.check(), row(task).stalled) == (None, True)
    clock.now += 1
    found.report(Report(out_time_us=SECOND))
    assert row(task).stalled is False


def test_who_usually_takes_long_between_signs_is_given_more_time(task: Task, clock: Clock) -> None:
    found = metered(task, clock)
    found.begin(0)
    for second in range(1, 30):
        clock.now += 10
        found.report(Report(out_time_us=second))
    clock.now += progress_writer.STALL_SECONDS + 10
    found.check()
    assert row(task).stalled is False


def test_a_stall_that_lasts_ends_the_attempt(task: Task, clock: Clock, settings: Settings) -> None:
    found = metered(task, clock)
    found.begin(0)
    clock.now += settings.VREWCRAFT_STALL_SECONDS + 1
    assert found.check() is StopReason.STALLED


def test_a_file_that_is_moved_about_in_silence_moves_the_bar(
    task: Task, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[float | None] = [None, 0.5, 0.5, 1.0, 1.0]
    monkeypatch.setattr(progress_writer, "part_rewritten", lambda _pid, _path: parts.pop(0))
    long = Step(
        ("true",),
        StepCode.COPYING,
        10.0,
        expected_us=10 * SECOND,
        rewrites=Path("out.mp4"),
        rewriting=10.0,
    )
    found = metered(task, clock, long)
    found.begin(0)
    found.started(1)
    clock.now += 10
    found.report(Report(out_time_us=10 * SECOND))
    found.check()
    seen = [row(task).fraction]
    for _ in range(2):
        for seconds in (4.8, 0.2):
            clock.now += seconds
            found.check()
        seen.append(row(task).fraction)
    assert row(task).step == StepCode.FINISHING
    assert seen == pytest.approx([0.5, 0.75, 1.0], abs=0.06)


def test_what_the_steps_have_cost_is_learned_at_the_end_and_not_before(
    task: Task, clock: Clock
) -> None:
    found = metered(task, clock, COPY)
    found.begin(0)
    for second in range(11):
        found.report(Report(out_time_us=max(1, second * SECOND)))
        clock.now += 1
    found.finished()
    assert not Speed.objects.exists()
    found.learn()
    kinds = set(Speed.objects.values_list("kind", flat=True))
    assert kinds == {"trim 0 copying", "trim whole cpu"}


def test_of_a_whole_task_that_nobody_could_estimate_nothing_is_learned(
    task: Task, clock: Clock
) -> None:
    found = metered(task, clock, whole=Key("trim whole cpu", "hd", 0.0))
    found.begin(2)
    found.learn()
    assert not Speed.objects.exists()

"""What plans are expected to cost: guesses first, then what was measured on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import media
from videos.core.enums import StepCode, WorkClass
from videos.models import Speed
from videos.operations.base import Estimate, Source, Step
from videos.services.tasks.estimates import speeds
from videos.services.tasks.estimates.estimator import Observed, Stage
from videos.services.tasks.estimates.speeds import Key

pytestmark = pytest.mark.django_db

ENCODE = Key("trim 0 encoding libx264 veryfast", "hd", 10.0)


def stage(key: Key = ENCODE) -> Stage:
    return speeds.learned("trim", key.size).stage(key)


def test_a_guess_leaves_room_for_start_and_end() -> None:
    found = speeds.guess(10.0)
    assert found.seconds == pytest.approx(10.0)
    assert not found.learned
    assert speeds.guess(0.0).seconds == 0


def test_what_was_measured_takes_the_place_of_the_guess() -> None:
    speeds.learn([(ENCODE, Observed(start=0.3, work=20.0, tail=0.4, part=1.0))])
    found = stage()
    assert found.learned
    assert (found.start, found.work, found.tail) == pytest.approx((0.3, 20.0, 0.4), rel=0.01)


def test_the_median_of_the_newest_nine_counts() -> None:
    for seconds in (500.0, *[20.0] * 5, *[30.0] * 4):
        speeds.learn([(ENCODE, Observed(0.1, seconds, 0.1, 1.0))])
    assert stage().work == pytest.approx(20.0, rel=0.01)
    assert len(Speed.objects.get().works) == 9


def test_a_step_that_was_seen_from_its_middle_counts_as_a_whole() -> None:
    speeds.learn([(ENCODE, Observed(0.1, 10.0, 0.1, part=0.5))])
    assert stage().work == pytest.approx(20.0, rel=0.01)


def test_a_step_that_says_nothing_is_all_start() -> None:
    speeds.learn([(ENCODE, Observed(0.7, 0.0, 0.0, 0.0))])
    found = stage()
    assert (found.start, found.work) == (0.7, 0.0)


def test_a_longer_one_is_distinguished_from_a_shorter_by_its_pace() -> None:
    speeds.learn([(ENCODE, Observed(0.3, 20.0, 0.4, 1.0))])
    found = stage(Key(ENCODE.kind, "hd", 40.0))
    assert found.start == pytest.approx(0.3)
    assert found.work == pytest.approx(80.0, rel=0.02)
    assert found.tail == pytest.approx(1.6)


def test_other_sizes_machines_and_tools_teach_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Observed(0.3, 20.0, 0.4, 1.0)
    speeds.learn([(Key("trim 0 encoding libx265 slow", "hd", 10.0), measured)])
    speeds.learn([(Key(ENCODE.kind, "uhd", 10.0), measured)])
    with monkeypatch.context() as patched:
        patched.setattr(speeds, "machine", lambda: "another x64")
        speeds.learn([(ENCODE, measured)])
    assert not stage().learned


def test_a_step_is_called_by_what_makes_its_pace() -> None:
    step = Step(("ffmpeg",), StepCode.ENCODING, 10.0, tool="libx264 veryfast")
    assert speeds.key_of("trim", 0, step, "hd") == ENCODE


def test_pictures_are_classed_by_their_size() -> None:
    probe = media.probed(media.numbered())
    source = Source("1", "a", Path("a"), probe)
    assert speeds.size_of([source]) == "sd"
    assert speeds.size_of([]) == "sd"


def test_a_whole_task_is_expected_to_take_what_such_have_taken() -> None:
    estimate = Estimate(WorkClass.CPU, 10.0)
    assert speeds.expected_seconds("trim", estimate, "sd") == 10.0
    key = speeds.whole_key("trim", estimate, "sd")
    speeds.learn([(key, Observed(0.0, 25.0, 0.0, 1.0))])
    assert speeds.expected_seconds("trim", estimate, "sd") == pytest.approx(25.0, rel=0.001)
    assert speeds.expected_seconds("trim", Estimate(WorkClass.CPU, 20.0), "sd") == pytest.approx(
        50.0, rel=0.05
    )

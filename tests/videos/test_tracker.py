"""How far a plan is: weighted by cost, never backwards, never early at the end."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videos.tracker import Tracker

parts = st.floats(allow_nan=True, allow_infinity=True)


class Clock:
    """Time that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_step_counts_by_its_expected_cost() -> None:
    tracker = Tracker([3.0, 1.0])
    tracker.report(0.5)
    assert tracker.fraction == pytest.approx(0.375)
    tracker.begin(1)
    assert tracker.fraction == pytest.approx(0.75)
    tracker.report(0.5)
    assert tracker.fraction == pytest.approx(0.875)


def test_the_next_step_begins_where_the_one_before_should_have_ended() -> None:
    tracker = Tracker([1.0, 1.0])
    tracker.report(0.1)
    tracker.begin(1)
    assert tracker.fraction == pytest.approx(0.5)


def test_the_end_is_not_reached_before_the_task_is_complete() -> None:
    tracker = Tracker([1.0])
    tracker.report(1.0)
    assert tracker.fraction < 1


@pytest.mark.parametrize("part", [math.nan, -math.inf, -1.0])
def test_a_report_that_says_nothing_changes_nothing(part: float) -> None:
    tracker = Tracker([1.0])
    tracker.report(0.4)
    tracker.report(part)
    assert tracker.fraction == pytest.approx(0.4)


def test_steps_without_cost_do_no_harm() -> None:
    tracker = Tracker([0.0, 0.0])
    tracker.begin(1)
    assert tracker.fraction == pytest.approx(0.5)


@given(
    weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=5),
    reports=st.lists(st.tuples(st.integers(0, 4), parts), max_size=30),
)
def test_whatever_is_reported_it_never_falls_and_stays_within_bounds(
    weights: list[float], reports: list[tuple[int, float]]
) -> None:
    tracker = Tracker(weights)
    seen = [0.0]
    for step, part in reports:
        tracker.begin(min(step, len(weights) - 1))
        tracker.report(part)
        seen.append(tracker.fraction)
    assert all(before <= after for before, after in pairwise(seen))
    assert seen[-1] < 1


def test_the_time_left_is_not_guessed_in_the_first_three_seconds() -> None:
    clock = Clock()
    tracker = Tracker([1.0], clock)
    tracker.report(0.5)
    clock.now += 2.9
    assert tracker.eta_seconds() is None


def test_the_time_left_follows_the_pace_so_far() -> None:
    clock = Clock()
    tracker = Tracker([1.0], clock)
    tracker.report(0.25)
    clock.now += 10
    assert tracker.eta_seconds() == pytest.approx(30)


def test_the_time_left_is_unknown_before_anything_has_moved() -> None:
    clock = Clock()
    tracker = Tracker([1.0], clock)
    clock.now += 60
    assert tracker.eta_seconds() is None

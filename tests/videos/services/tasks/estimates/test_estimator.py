"""How far a plan is and how long it will take: what can be promised of the numbers."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import Clock
from videos.services.tasks.estimates.estimator import ALMOST, Estimator, Stage


@pytest.fixture
def clock() -> Clock:
    return Clock()


def works(estimator: Estimator, clock: Clock, seconds: float, *, until: float = 1.0) -> list[float]:
    """Reports at 10 Hz of a step that goes steadily; the fraction after each of them."""
    steps = max(1, round(seconds * 10))
    seen = []
    for n in range(1, steps + 1):
        clock.now += seconds / steps
        estimator.report(until * n / steps)
        seen.append(estimator.fraction)
    return seen


class TestFraction:
    """Work done, by what it is expected to cost."""

    def test_a_step_counts_by_its_expected_cost(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 3), Stage(0, 1)], clock)
        estimator.report(0.5)
        assert estimator.fraction == pytest.approx(0.375)
        estimator.begin(1)
        assert estimator.fraction == pytest.approx(0.75)

    def test_a_step_that_ends_early_leaves_no_hole(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 1), Stage(0, 1)], clock)
        estimator.report(0.1)
        estimator.begin(1)
        assert estimator.fraction == pytest.approx(0.5, abs=0.05)

    def test_the_end_is_not_reached_before_the_task_is_complete(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 1)], clock)
        estimator.report(1.0)
        assert estimator.fraction == ALMOST

    def test_the_start_of_a_child_counts_once_it_shows_a_sign(self, clock: Clock) -> None:
        estimator = Estimator([Stage(1, 8, 1)], clock)
        clock.now += 1
        assert estimator.fraction == 0
        estimator.report(0.0)
        assert estimator.fraction == 0
        estimator.report(1e-9)
        assert estimator.fraction == pytest.approx(0.1)

    @pytest.mark.parametrize("guess", [2.0, 10.0, 60.0])
    def test_a_wrong_guess_bends_the_way_ahead_and_the_middle_is_still_near(
        self, clock: Clock, guess: float
    ) -> None:
        estimator = Estimator([Stage(0.2, guess, 0.05), Stage(0.2, 0.1)], clock)
        clock.now += 0.2
        seen = works(estimator, clock, 10)
        elapsed = [n / 103 for n in range(3, 103)]
        errors = [abs(a - b) for a, b in zip(seen, elapsed, strict=True)]
        assert sum(errors) / len(errors) < 0.06

    def test_what_remains_is_weighed_by_the_pace_that_was_seen(self, clock: Clock) -> None:
        slow = Estimator([Stage(0, 10), Stage(0, 10)], clock)
        seen = works(slow, clock, 30, until=0.75)
        assert seen[-1] == pytest.approx(22.5 / 40, abs=0.08)


class TestClockwork:
    """Time alone moves nothing."""

    def test_a_child_without_progress_moves_nothing(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 10)], clock)
        works(estimator, clock, 4, until=0.4)
        before = estimator.fraction
        for _ in range(50):
            clock.now += 0.1
            estimator.report(0.4)
        clock.now += 5
        assert estimator.fraction == before

    def test_a_child_that_was_stopped_is_not_taken_for_a_slow_one(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 10)], clock)
        works(estimator, clock, 4, until=0.4)
        clock.now += 60
        estimator.report(0.41)
        assert estimator.remaining == pytest.approx(5.9, rel=0.1)

    def test_a_clock_that_steps_back_does_no_harm(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 10)], clock)
        works(estimator, clock, 4, until=0.4)
        clock.now -= 3600
        estimator.report(0.5)
        assert estimator.fraction > 0.4
        assert math.isfinite(estimator.eta_seconds() or 0)


class TestReports:
    """What children really say."""

    @pytest.mark.parametrize("part", [math.nan, -math.inf, -1.0, 0.1])
    def test_one_that_steps_back_or_says_nothing_changes_nothing(
        self, clock: Clock, part: float
    ) -> None:
        estimator = Estimator([Stage(0, 1)], clock)
        estimator.report(0.4)
        before = estimator.fraction
        estimator.report(part)
        assert estimator.fraction == pytest.approx(before)

    def test_more_than_all_is_all(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 1), Stage(0, 1)], clock)
        estimator.report(1.002)
        assert estimator.fraction == pytest.approx(0.5, abs=0.01)

    def test_where_nothing_is_known_it_is_indeterminate_until_something_is(
        self, clock: Clock
    ) -> None:
        estimator = Estimator([Stage(0, 1)], clock)
        seen = [estimator.indeterminate]
        for part in (None, 0.2):
            estimator.report(part)
            seen.append(estimator.indeterminate)
        assert seen == [False, True, False]
        assert estimator.fraction > 0

    def test_where_nothing_is_known_no_time_left_is_shown(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 1)], clock)
        works(estimator, clock, 4, until=0.5)
        estimator.report(None)
        assert estimator.eta_seconds() is None

    def test_a_copy_that_reports_twice_moves_twice(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0.1, 0.1), Stage(0.1, 0.1)], clock)
        seen = []
        for part in (0.6, 1.002):
            clock.now += 0.05
            estimator.report(part)
            seen.append(estimator.fraction)
        assert 0 < seen[0] < seen[1] <= 0.55

    def test_ten_hours_are_estimated_as_well_as_ten_seconds(self, clock: Clock) -> None:
        hours = 36_000
        estimator = Estimator([Stage(0, hours / 3)], clock)
        for second in range(1, hours // 2 + 1):
            clock.now += 1
            estimator.report(second / hours)
        assert estimator.fraction == pytest.approx(0.5, abs=0.06)
        assert estimator.eta_seconds() == pytest.approx(hours / 2, rel=0.05)

    def test_steps_without_cost_do_no_harm(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 0), Stage(0, 0)], clock)
        estimator.report(1.0)
        estimator.begin(1)
        assert 0 <= estimator.fraction <= ALMOST


class TestTimeLeft:
    """Hidden while it would be a guess; then near, and smooth."""

    def test_a_guess_is_not_shown(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 10)], clock)
        works(estimator, clock, 2.9, until=0.29)
        assert estimator.eta_seconds() is None

    def test_it_is_shown_once_the_pace_is_known(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 3)], clock)
        works(estimator, clock, 10, until=0.25)
        assert estimator.eta_seconds() == pytest.approx(30, rel=0.15)

    def test_what_was_learned_is_shown_sooner(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 10, learned=True)], clock)
        works(estimator, clock, 1.3, until=0.13)
        assert estimator.eta_seconds() == pytest.approx(8.7, rel=0.1)

    def test_it_runs_down_smoothly_when_the_pace_changes(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 10)], clock)
        works(estimator, clock, 5, until=0.5)
        reported = [estimator.eta_seconds() or 0]
        for n in range(1, 11):
            clock.now += 0.1
            estimator.report(0.5 + n * 0.002)
            reported.append(estimator.eta_seconds() or 0)
        assert all(abs(b - a) < 1 for a, b in pairwise(reported))

    def test_it_counts_what_comes_after_the_step(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0, 10), Stage(1, 19)], clock)
        works(estimator, clock, 5, until=0.5)
        assert estimator.eta_seconds() == pytest.approx(25, rel=0.05)


class TestObserved:
    """What a step has cost, for learning."""

    def test_start_work_and_tail_are_measured_separately(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0.1, 1)], clock)
        clock.now += 0.5
        estimator.report(1e-9)
        works(estimator, clock, 4, until=1.0)
        clock.now += 1.5
        estimator.report(1.0)
        found = estimator.observed()
        assert (found.start, found.work, found.tail) == pytest.approx((0.5, 4.0, 1.5))
        assert found.part == pytest.approx(1.0)

    def test_a_step_without_a_sign_is_all_start(self, clock: Clock) -> None:
        estimator = Estimator([Stage(0.1, 1)], clock)
        clock.now += 2
        found = estimator.observed()
        assert (found.start, found.work, found.part) == pytest.approx((2.0, 0.0, 0.0))


costs = st.floats(0, 1e6)
stages = st.builds(Stage, costs, costs, costs, st.booleans())
parts = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1))
moves = st.tuples(st.integers(0, 4), parts, st.floats(-10, 1e5))


@given(plan=st.lists(stages, min_size=1, max_size=5), reports=st.lists(moves, max_size=40))
def test_whatever_is_reported_and_whenever(
    plan: list[Stage], reports: list[tuple[int, float | None, float]]
) -> None:
    clock = Clock()
    estimator = Estimator(plan, clock)
    seen, number = [0.0], 0
    for step, part, seconds in reports:
        clock.now += seconds
        if number < step < len(plan):
            number = step
            estimator.begin(number)
        estimator.report(part)
        eta = estimator.eta_seconds()
        assert eta is None or (math.isfinite(eta) and eta >= 0)
        seen.append(estimator.fraction)
    assert all(before <= after for before, after in pairwise(seen))
    assert seen[-1] <= ALMOST < 1

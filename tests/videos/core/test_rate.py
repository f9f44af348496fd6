"""How fast bytes arrive."""

from __future__ import annotations

import pytest

from videos.core.rate import Rate

MB = 1_000_000


def steady(seconds: int, per_second: int = MB, rate: Rate | None = None) -> Rate:
    rate = rate or Rate()
    for _ in range(seconds):
        rate = rate.after(per_second, 1.0)
    return rate


def test_a_steady_line_is_measured_as_it_is() -> None:
    assert steady(5).per_second == pytest.approx(MB)
    assert steady(5).left(10 * MB) == pytest.approx(10)


def test_time_left_is_unknown_before_it_means_something() -> None:
    assert Rate().left(MB) is None
    assert steady(2).left(MB) is None


def test_a_line_that_becomes_faster_is_followed_smoothly() -> None:
    slow = steady(10)
    faster = steady(1, 2 * MB, slow)
    assert MB < (faster.per_second or 0) < 1.3 * MB
    assert steady(30, 2 * MB, slow).per_second == pytest.approx(2 * MB, rel=0.02)


def test_after_a_pause_it_begins_anew() -> None:
    assert steady(10).after(MB, 60.0) == Rate()


def test_a_clock_that_steps_back_changes_nothing() -> None:
    assert steady(4).after(MB, -3.0) == steady(4)


def test_nothing_comes_and_nothing_is_promised() -> None:
    assert Rate().after(0, 4.0).left(MB) is None

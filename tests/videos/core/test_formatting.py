"""Timecodes: times as people read them."""

import pytest

from videos.core.formatting import timecode


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00"),
        (9.5, "00:09.5"),
        (75.5, "01:15.5"),
        (59.9996, "01:00"),
        (3599.999, "59:59.999"),
        (3600, "1:00:00"),
        (36_000.25, "10:00:00.25"),
    ],
)
def test_a_time_is_shown_with_as_much_as_it_has(seconds: float, text: str) -> None:
    assert timecode(seconds) == text


def test_a_time_below_zero_is_shown_as_zero() -> None:
    assert timecode(-3) == "00:00"


def test_whole_seconds_are_rounded() -> None:
    assert timecode(61.6, decimals=0) == "01:02"

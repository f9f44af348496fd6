"""Times and sizes as people read them."""

from __future__ import annotations

import pytest
from django.utils import translation

from videos.core.formatting import readable_size, timecode


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


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0.0 MiB"), (1024**2, "1.0 MiB"), (1023 * 1024**2, "1023.0 MiB"), (3.1e9, "2.9 GiB")],
)
def test_a_size_is_in_mebibytes_or_gibibytes(size: int, text: str) -> None:
    assert readable_size(size) == text


def test_numbers_are_written_as_the_language_does() -> None:
    with translation.override("de"):
        assert readable_size(1024**3 * 3 // 2) == "1,5 GiB"

"""SMPTE timecode: counted on, with and without dropped numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videos.media.cutting.timecode import advanced

NTSC, NTSC_60 = Fraction(30_000, 1001), Fraction(60_000, 1001)
FILM, PAL = Fraction(24_000, 1001), Fraction(25)
SECOND_US = 1_000_000


def pictures(count: int, rate: Fraction) -> int:
    """Microseconds of so many pictures."""
    return round(count / rate * SECOND_US)


def drop_codes(whole: int) -> list[str]:
    """Every code of 21 minutes, two or four numbers of a minute left out (SMPTE ST 12-1)."""
    return [
        f"00:{minute:02}:{second:02};{picture:02}"
        for minute in range(21)
        for second in range(60)
        for picture in range(whole)
        if not (second == 0 and picture < whole // 15 and minute % 10)
    ]


@pytest.mark.parametrize(
    ("code", "rate", "by", "right"),
    [
        ("01:00:00:00", PAL, 5 * SECOND_US, "01:00:05:00"),
        ("01:00:00:00", PAL, 40_000, "01:00:00:01"),
        ("00:00:59:24", PAL, 40_000, "00:01:00:00"),
        ("10:59:59:23", FILM, pictures(1, FILM), "11:00:00:00"),
        ("00:00:59:29", NTSC, pictures(1, NTSC), "00:01:00:00"),
        ("00:00:59;29", NTSC, pictures(1, NTSC), "00:01:00;02"),
        ("00:09:59;29", NTSC, pictures(1, NTSC), "00:10:00;00"),
        ("00:00:59;59", NTSC_60, pictures(1, NTSC_60), "00:01:00;04"),
        ("00:00:59.29", NTSC, pictures(1, NTSC), "00:01:00;02"),
        ("01:00:00;00", NTSC, 0, "01:00:00;00"),
    ],
)
def test_it_goes_on_by_the_pictures_of_that_time(
    code: str, rate: Fraction, by: int, right: str
) -> None:
    assert advanced(code, rate, by) == right


def test_with_dropped_numbers_it_keeps_to_the_clock() -> None:
    assert advanced("00:00:00;00", NTSC, 3600 * SECOND_US) == "01:00:00;00"
    assert advanced("00:00:00:00", NTSC, 3600 * SECOND_US) == "00:59:56:12"


@pytest.mark.parametrize(
    ("code", "rate", "right"),
    [
        ("23:59:59:24", PAL, "00:00:00:00"),
        ("23:59:59;29", NTSC, "00:00:00;00"),
        ("23:59:59:29", NTSC, "00:00:00:00"),
    ],
)
def test_at_midnight_it_begins_anew(code: str, rate: Fraction, right: str) -> None:
    assert advanced(code, rate, pictures(1, rate)) == right


def test_a_day_later_it_is_the_same() -> None:
    day = 25 * 86_400
    assert advanced("10:11:12:13", PAL, pictures(day, PAL)) == "10:11:12:13"
    assert advanced("10:11:12;13", NTSC, pictures(24 * 6 * 17_982, NTSC)) == "10:11:12;13"


@pytest.mark.parametrize(("whole", "rate"), [(30, NTSC), (60, NTSC_60)])
def test_every_number_is_the_one_of_the_standard(whole: int, rate: Fraction) -> None:
    codes = drop_codes(whole)
    for count in (*range(0, len(codes), 97), *range(whole * 60 - 3, whole * 60 + 3)):
        assert advanced(codes[0], rate, pictures(count, rate)) == codes[count]


@given(st.integers(0, 20_000), st.integers(0, 15_000))
def test_two_steps_lead_where_one_does(first: int, second: int) -> None:
    for code, rate in (("00:00:00;00", NTSC), ("00:00:00:00", FILM), ("22:59:00:00", PAL)):
        once = advanced(code, rate, pictures(first + second, rate))
        halfway = advanced(code, rate, pictures(first, rate))
        assert advanced(halfway, rate, pictures(second, rate)) == once


@pytest.mark.parametrize("code", ["", "noon", "01:00:00", "01:00:00:00 and more", "a1:00:00:00"])
def test_what_is_no_timecode_gives_none(code: str) -> None:
    assert advanced(code, PAL, SECOND_US) == ""


def test_without_a_rate_there_is_none() -> None:
    assert advanced("01:00:00:00", Fraction(0), SECOND_US) == ""

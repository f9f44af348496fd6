"""What packets add up to."""

from __future__ import annotations

from fractions import Fraction

from videos.media.probe.packet_totals import Tally

MILLISECOND = Fraction(1, 1000)


def tally_of(stamps: list[int | None], lasts: int = 40, unit: Fraction = MILLISECOND) -> Tally:
    tally = Tally(unit, timed=True)
    for number, stamp in enumerate(stamps):
        tally.add(stamp, lasts, 10, number * 100, key=number % 3 == 0, hidden=False)
    return tally


def test_packets_in_decoding_order_are_counted_in_any_order() -> None:
    tally = tally_of([0, 120, 40, 80])
    assert (tally.start_us, tally.end_us) == (0, 160_000)
    assert (tally.frames, tally.bytes) == (4, 40)
    assert tally.keyframes(0) == ((0, 0), (80_000, 300))
    assert not tally.varies()


def test_times_count_from_the_start_of_the_file() -> None:
    assert tally_of([1400, 1440, 1480]).keyframes(1_400_000) == ((0, 0),)


def test_hidden_packets_are_keyframes_but_not_shown() -> None:
    tally = Tally(MILLISECOND, timed=True)
    tally.add(-300, 40, 10, 0, key=True, hidden=True)
    tally.add(0, 40, 10, 100, key=False, hidden=False)
    assert (tally.frames, tally.start_us, tally.end_us) == (1, 0, 40_000)
    assert tally.keyframes(0) == ((-300_000, 0),)


def test_a_last_packet_without_a_duration_lasts_as_long_as_the_others() -> None:
    assert tally_of([0, 33, 67, 100], lasts=0).end_us == 133_000


def test_the_rounding_of_matroska_is_no_variable_rate() -> None:
    assert not tally_of([round(number * 1000 / 29.97) for number in range(300)]).varies()


def test_a_few_dropped_pictures_are_no_variable_rate() -> None:
    assert not tally_of([number * 40 for number in range(300) if number % 100]).varies()


def test_a_rate_that_changes_is_variable() -> None:
    assert tally_of([number * 40 + max(0, number - 50) * 40 for number in range(90)]).varies()


def test_packets_without_times_are_counted_all_the_same() -> None:
    tally = tally_of([None, None])
    assert (tally.frames, tally.start_us, tally.end_us) == (2, None, None)


def test_a_tick_may_be_any_fraction_of_a_second() -> None:
    assert tally_of([0, 1001], lasts=1001, unit=Fraction(1, 30_000)).end_us == 66_733

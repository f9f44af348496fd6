"""Where a cut really lies: the third rule of what a cut means."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.videos.media.cutting import made_films
from tests.videos.media.cutting.made_films import Gop, films
from videos.media.cutting.index import SECOND_US, FilmIndex, Index
from videos.media.cutting.timeline import Segment, snapped

PLAIN = made_films.index(made_films.film([Gop(250, b_frames=2)]))
"""25 pictures a second, 10 s."""
NTSC = made_films.index(made_films.film([Gop(300)], clock=made_films.CLOCKS[4]))
SLIDES = made_films.index(made_films.film([Gop(1)] * 5, stays=[100] * 5))
"""A picture every 4 s, the last one for 4 s too."""
FIVE = made_films.index(made_films.film([Gop(50)], clock=made_films.CLOCKS[2], stays=[5] * 50))
"""5 pictures a second: half of their time is more than 50 ms."""


def start_of(index: Index, at: float) -> int:
    return snapped(index, at, index.end_us / SECOND_US).start_us


@pytest.mark.parametrize(
    ("asked", "actual"),
    [
        (0, 0),
        (1.0, 1_000_000),
        (1.012, 1_000_000),
        (1.019, 1_000_000),
        (1.021, 1_040_000),
        (1.03, 1_040_000),
        (9.97, 9_960_000),
    ],
)
def test_a_time_moves_to_the_nearest_picture(asked: float, actual: int) -> None:
    assert start_of(PLAIN, asked) == actual


@pytest.mark.parametrize(("asked", "actual"), [(0.02, 0), (1.02, 1_000_000), (1.06, 1_040_000)])
def test_in_the_middle_between_two_the_earlier_counts(asked: float, actual: int) -> None:
    assert start_of(PLAIN, asked) == actual
    assert snapped(PLAIN, 0, asked + 1).end_us == actual + SECOND_US


def test_a_time_that_was_written_with_three_digits_means_its_picture() -> None:
    assert start_of(NTSC, 5.0047) == 5_005_000
    assert start_of(NTSC, 0.033) == 33_367
    assert start_of(NTSC, 0.034) == 33_367


@pytest.mark.parametrize(("asked", "actual"), [(2.049, 2_000_000), (2.151, 2_200_000)])
def test_no_time_moves_by_more_than_50_ms(asked: float, actual: int) -> None:
    assert start_of(FIVE, asked) == actual
    assert start_of(FIVE, 2.051) == 2_051_000
    assert start_of(FIVE, 2.1) == 2_100_000
    assert start_of(FIVE, 2.149) == 2_149_000


def test_slides_are_cut_where_it_was_asked() -> None:
    assert snapped(SLIDES, 1, 7) == Segment(1_000_000, 7_000_000)
    assert snapped(SLIDES, 3.96, 7.5) == Segment(4_000_000, 7_500_000)


def test_a_film_of_uneven_pictures_snaps_by_its_usual_ones() -> None:
    film = made_films.film([Gop(101)], stays=[1] * 50 + [250] + [1] * 50)
    index = made_films.index(film)
    assert start_of(index, 1.019) == 1_000_000
    assert start_of(index, 2.021) == 2_021_000


def test_the_end_of_the_video_counts_as_a_picture() -> None:
    assert snapped(PLAIN, 2, 9.99).end_us == 10_000_000
    assert snapped(PLAIN, 2, 9.98).end_us == 9_960_000
    assert snapped(PLAIN, 2, 10).end_us == 10_000_000


def test_nothing_lies_behind_the_end() -> None:
    assert snapped(PLAIN, 2, 99) == Segment(2_000_000, 10_000_000)
    long_sound = made_films.index(PLAIN.film, sound_end_us=12_000_000)
    assert snapped(long_sound, 2, 99) == Segment(2_000_000, 12_000_000)


def test_behind_the_last_picture_times_stay_as_they_are() -> None:
    long_sound = made_films.index(PLAIN.film, sound_end_us=12_000_000)
    assert snapped(long_sound, 10.5, 11.25) == Segment(10_500_000, 11_250_000)


@pytest.mark.parametrize(
    ("start", "end"), [(1.0, 1.01), (1.03, 1.039), (1.985, 1.999), (9.985, 10)]
)
def test_two_times_within_one_picture_keep_their_distance(start: float, end: float) -> None:
    found = snapped(PLAIN, start, end)
    assert found.length_us >= round((end - start) * SECOND_US) - 1


@given(films(), st.data())
def test_a_segment_is_never_empty_and_lies_within_the_video(
    film: FilmIndex, data: st.DataObject
) -> None:
    index = made_films.index(film)
    ends = st.floats(0, index.end_us / SECOND_US)
    start, end = sorted((data.draw(ends), data.draw(ends)))
    assume(end - start > 0.001)
    found = snapped(index, start, end)
    assert 0 <= found.start_us < found.end_us <= index.end_us


@given(films(), st.data())
def test_an_end_that_moved_lies_on_a_picture_or_the_end(
    film: FilmIndex, data: st.DataObject
) -> None:
    index = made_films.index(film)
    length = index.end_us / SECOND_US
    start = data.draw(st.floats(0, length))
    assume(length - start > 0.2)
    found = snapped(index, start, length)
    marks = {film.to_us(time) for time in film.shown_at}
    assert found.end_us == index.end_us
    assert found.start_us in marks | {round(start * SECOND_US)}
    nearest = min(abs(mark - start * SECOND_US) for mark in marks)
    reach = min(film.median_gap * film.tick * SECOND_US / 2, 50_000)
    if found.start_us not in marks:
        assert nearest >= reach
    assert abs(found.start_us - start * SECOND_US) <= reach + 3


@given(films(), st.data())
def test_what_has_been_moved_is_not_moved_again(film: FilmIndex, data: st.DataObject) -> None:
    index = made_films.index(film)
    length = index.end_us / SECOND_US
    start, end = sorted(data.draw(st.floats(0, length)) for _ in range(2))
    assume(end - start > 0.2)
    once = snapped(index, start, end)
    again = snapped(index, once.start_us / SECOND_US, once.end_us / SECOND_US)
    assert again == once

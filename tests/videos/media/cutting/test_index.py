"""The index of a source: kept small, read back whole, and what is looked up in it."""

from __future__ import annotations

import random
from array import array
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.videos.media.cutting import made_films
from tests.videos.media.cutting.made_films import Gop, films
from videos.media.cutting.index import SECOND_US, FilmIndex, Index, TrackSpan

SECOND = Gop(25, b_frames=2)
numbers = st.integers(-(2**60), 2**60)
words = st.text(max_size=20)


@st.composite
def any_films(draw: st.DrawFn) -> FilmIndex:
    """Whatever numbers a file may bring along."""
    count = draw(st.integers(0, 50))
    whole = st.lists(numbers, min_size=count, max_size=count)
    places = st.lists(st.integers(0, 10**9), max_size=20, unique=True).map(sorted)
    return FilmIndex(
        stream=draw(st.integers(0, 99)),
        codec=draw(words),
        tick=Fraction(draw(st.integers(1, 10**6)), draw(st.integers(1, 10**9))),
        times=array("q", draw(whole)),
        sizes=array("q", draw(whole)),
        positions=array("q", draw(whole)),
        keyframes=array("q", draw(places)),
        entries=array("q", draw(places)),
        hidden=frozenset(draw(places)),
        origin=draw(numbers),
        why_encoded=draw(words),
        is_counted=draw(st.booleans()),
        matrix=tuple(draw(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=9))),
        pixel=(draw(st.integers(1, 999)), draw(st.integers(1, 999))),
    )


spans = st.builds(TrackSpan, st.integers(0, 99), words, numbers, numbers, words, words)
indexes = st.builds(
    Index,
    st.lists(any_films(), max_size=3).map(tuple),
    st.lists(spans, max_size=4).map(tuple),
    numbers,
    numbers,
)


class TestOnDisk:
    """Bytes that are kept beside the probe."""

    @given(indexes)
    def test_comes_back_as_it_was(self, index: Index) -> None:
        assert Index.from_bytes(index.to_bytes()) == index

    @given(films())
    def test_a_film_that_was_read_back_has_the_same_pictures(self, film: FilmIndex) -> None:
        back = Index.from_bytes(made_films.index(film).to_bytes()).film
        assert back.order == film.order
        assert back.shown_at == film.shown_at

    @pytest.mark.slow
    @pytest.mark.parametrize("is_regular", [True, False])
    def test_three_hours_take_less_than_3_mb(self, is_regular: bool) -> None:
        """324,000 packets, 30 a second; a screen recorder's times are all over the place."""
        chance = random.Random(7)
        film = made_films.film([Gop(60, b_frames=2)] * 5400)
        count = len(film.times)
        assert count == 324_000
        size = (chance.randint(200, 60_000) for _ in range(count))
        sizes, positions, place = array("q"), array("q"), 48
        for each in size:
            sizes.append(each)
            positions.append(place)
            place += each + (0 if is_regular else chance.randint(300, 900))
        times = film.times
        if not is_regular:
            times = array("q", (time + chance.randint(-200, 200) for time in times))
        film = replace(film, sizes=sizes, positions=positions, times=times)
        data = made_films.index(film).to_bytes()
        assert len(data) < 3_000_000
        assert Index.from_bytes(data).film == film

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"vci",
            b"vcix",
            b"{}",
            b"\x00" * 40,
            b"vcix\xff\xff\xff\x7f{}",
            made_films.index(made_films.film([SECOND])).to_bytes()[:-9],
            made_films.index(made_films.film([SECOND])).to_bytes()[:60],
        ],
    )
    def test_anything_else_is_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError, match=r".?"):
            Index.from_bytes(data)


class TestOrder:
    """Packets as the file has them, pictures as people see them."""

    @given(films())
    def test_pictures_come_in_the_order_of_time(self, film: FilmIndex) -> None:
        assert list(film.shown_at) == sorted(film.shown_at)
        assert len(film) == len(film.times) - len(film.hidden)
        assert not film.hidden & set(film.order)

    @given(films())
    def test_ranks_are_the_other_way_round(self, film: FilmIndex) -> None:
        assert [film.ranks[packet] for packet in film.order] == list(range(len(film)))
        assert all(film.ranks[packet] == -1 for packet in film.hidden)

    @given(films(), st.data())
    def test_the_picture_on_screen_is_the_last_one_that_has_come(
        self, film: FilmIndex, data: st.DataObject
    ) -> None:
        last = film.to_us(film.shown_at[-1])
        at = data.draw(st.integers(0, last + SECOND_US))
        shown = [n for n, time in enumerate(film.shown_at) if film.to_us(time) <= at + 1]
        assert film.rank_at(at) == (shown[-1] if shown else 0)

    @given(films(), st.data())
    def test_a_pictures_own_time_leads_to_it(self, film: FilmIndex, data: st.DataObject) -> None:
        rank = data.draw(st.integers(0, len(film) - 1))
        own = film.to_us(film.shown_at[rank])
        assert film.rank_at(own) == rank
        assert film.first_from(own) == rank

    @given(films())
    def test_times_count_from_the_source_s_0(self, film: FilmIndex) -> None:
        moved = replace(
            film,
            times=array("q", (time + 900_000 for time in film.times)),
            origin=film.origin + 900_000,
        )
        assert moved.shown_at == film.shown_at

    @given(st.integers(-(10**12), 10**12), st.integers(1, 10**6), st.integers(1, 10**6))
    def test_microseconds_are_rounded_and_ticks_are_exact(
        self, ticks: int, above: int, below: int
    ) -> None:
        film = replace(made_films.film([SECOND]), tick=Fraction(above, below))
        exact = ticks * film.tick * SECOND_US
        assert abs(film.to_us(ticks) - exact) <= Fraction(1, 2)
        assert film.to_ticks(1_500_000) * film.tick == Fraction(3, 2)

    def test_a_film_of_one_picture_has_the_usual_gap_of_25_a_second(self) -> None:
        assert made_films.film([Gop(1)]).usual_gap == 512


class TestWhereDecodingBegins:
    """From an entry before, so that every picture comes out right."""

    @settings(deadline=None)
    @given(films(), st.data())
    def test_from_an_entry_that_is_shown_no_later(
        self, film: FilmIndex, data: st.DataObject
    ) -> None:
        ranks = data.draw(
            st.lists(st.integers(0, len(film) - 1), min_size=1, max_size=9, unique=True)
        )
        start = film.safe_start(ranks)
        assert start in film.entries
        assert start <= min(film.order[rank] for rank in ranks)
        assert film.ranks[start] <= min(ranks)

    def test_leading_pictures_need_the_group_before_theirs(self) -> None:
        film = made_films.film([Gop(25), Gop(25, b_frames=3, is_open=True)])
        assert film.safe_start([28]) == 25
        assert film.safe_start([27]) == 0
        assert film.safe_start([27, 40]) == 0

    def test_keyframes_of_codecs_that_are_not_looked_into_are_not_trusted(self) -> None:
        film = made_films.film([SECOND] * 4, why_encoded="codec")
        assert film.safe_start([80]) == 50

    def test_where_packets_are_only_counted_all_are_decoded(self) -> None:
        film = replace(made_films.film([SECOND] * 4), is_counted=True)
        assert film.safe_start([80]) == 0

    def test_the_keyframe_before_a_packet(self) -> None:
        film = made_films.film([SECOND] * 3)
        found = [film.keyframe_before(n) for n in (0, 24, 25, 49, 50, 74)]
        assert found == [0, 0, 25, 25, 50, 50]
        assert film.is_entry(25)
        assert not film.is_entry(26)


def test_tracks_are_found_by_their_place_and_kind() -> None:
    index = made_films.index(made_films.film([SECOND]), sound_end_us=2_000_000)
    assert index.track(1).end_us == 2_000_000
    assert [track.stream for track in index.of_kind("audio")] == [1]
    assert index.of_kind("subtitle") == []

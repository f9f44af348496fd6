"""The film of a result as one stream: when each picture is decoded."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.videos.media.cutting.made_films import Gop
from videos.media.cutting.film_track import _decode_times


@st.composite
def orders(draw: st.DrawFn) -> list[int]:
    """Times of pictures in the file's order, at any rate."""
    groups = draw(
        st.lists(
            st.builds(Gop, st.integers(1, 30), st.integers(0, 7), st.booleans()),
            min_size=1,
            max_size=4,
        )
    )
    places: list[int] = []
    for group in groups:
        places += group.order(len(places))
    steps = draw(st.lists(st.integers(1, 999), min_size=len(places), max_size=len(places)))
    times = [sum(steps[:place]) for place in range(len(places))]
    return [times[place] for place in places]


@given(orders())
def test_decode_times_rise(order: list[int]) -> None:
    found = _decode_times(order, 40)
    assert all(a < b for a, b in pairwise(found))


@given(orders())
def test_no_picture_is_decoded_after_it_is_shown(order: list[int]) -> None:
    found = _decode_times(order, 40)
    assert all(decoded <= shown for decoded, shown in zip(found, order, strict=True))


@given(orders())
def test_one_of_them_is_shown_as_soon_as_it_is_decoded(order: list[int]) -> None:
    """Waiting longer than the deepest reordering needs would show the first picture late."""
    found = _decode_times(order, 40)
    assert any(decoded == shown for decoded, shown in zip(found, order, strict=True))


def test_without_reordering_each_is_decoded_when_it_is_shown() -> None:
    assert _decode_times([0, 40, 80, 480], 40) == [0, 40, 80, 480]


def test_with_b_frames_the_first_waits() -> None:
    assert _decode_times([0, 120, 40, 80], 40) == [-40, 0, 40, 80]


def test_of_nothing_there_is_nothing() -> None:
    assert _decode_times([], 40) == []

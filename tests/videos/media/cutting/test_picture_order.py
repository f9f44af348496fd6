"""The order of an H.264 film's pictures, told by the pictures alone."""

from __future__ import annotations

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.videos.media.cutting.bits import picture, sps
from tests.videos.media.cutting.exports import FILMS
from tests.videos.media.cutting.made_films import Gop
from videos.media.cutting import nal
from videos.media.cutting.nal import Sets
from videos.media.cutting.picture_order import OrderReader

PLAIN = Sets(4, (sps(),))


def packet(*units: bytes) -> bytes:
    return nal.with_lengths(units)


def ranks_of(groups: list[list[int]], *, step: int = 2, bits: int = 6) -> list[int] | None:
    """What is read from groups of pictures whose places in each group are given."""
    reader, number = OrderReader(Sets(4, (sps(order_bits=bits),))), 0
    for group in groups:
        for place in group:
            is_idr = place == group[0]
            data = packet(picture(place * step, is_idr=is_idr, order_bits=bits))
            reader.add(number, data)
            number += 1
    return reader.ranks()


@pytest.mark.parametrize("step", [1, 2])
def test_pictures_come_by_their_counts(step: int) -> None:
    assert ranks_of([[0, 3, 1, 2, 6, 4, 5]], step=step) == [0, 3, 1, 2, 6, 4, 5]


def test_each_idr_begins_to_count_anew() -> None:
    assert ranks_of([[0, 2, 1], [0, 3, 1, 2], [0]]) == [0, 2, 1, 3, 6, 4, 5, 7]


def test_low_bits_that_begin_again_are_a_higher_count() -> None:
    """Four bits count 16: a group of 100 pictures goes round many times."""
    order = Gop(100, b_frames=2).order(0)
    assert ranks_of([order], step=1, bits=4) == order


@given(
    st.lists(
        st.builds(Gop, st.integers(1, 90), st.integers(0, 7), middle_first=st.booleans()),
        min_size=1,
        max_size=4,
    )
)
def test_every_way_of_reordering_is_read(gops: list[Gop]) -> None:
    groups = [gop.order(0) for gop in gops]
    right, before = [], 0
    for group in groups:
        right += [before + place for place in group]
        before += len(group)
    assert ranks_of(groups, bits=8) == right


def test_leading_pictures_are_before_their_keyframe() -> None:
    """An open group goes on counting: its keyframe is no IDR."""
    reader = OrderReader(PLAIN)
    for number, place in enumerate((0, 1, 2, 6, 3, 4, 5, 7)):
        reader.add(number, packet(picture(2 * place, is_idr=not number)))
    assert reader.ranks() == [0, 1, 2, 6, 3, 4, 5, 7]


def test_counts_below_that_of_an_idr_are_before_it() -> None:
    reader = OrderReader(PLAIN)
    for number, place in enumerate((0, -2, -1, 1)):
        reader.add(number, packet(picture(2 * place, is_idr=not number)))
    assert reader.ranks() == [2, 0, 1, 3]


def test_a_profile_without_reordering_is_in_the_files_order() -> None:
    reader = OrderReader(Sets(4, (sps(order_kind=2, profile=66),)))
    for number in range(4):
        reader.add(number, packet(picture(0, is_idr=not number, order_bits=0)))
    assert reader.ranks() == [0, 1, 2, 3]


def test_a_set_on_the_way_counts_from_there_on() -> None:
    reader = OrderReader(Sets(4, ()))
    first = picture(0, is_idr=True, order_bits=9)
    reader.add(0, packet(sps(order_bits=9), b"\x68\xce\x38\x80", first))
    reader.add(1, packet(picture(200, order_bits=9)))
    reader.add(2, packet(picture(100, order_bits=9)))
    assert reader.ranks() == [0, 2, 1]


def test_fields_are_noticed() -> None:
    reader = OrderReader(Sets(4, (sps(frames_only=False),)))
    reader.add(0, packet(picture(0, is_idr=True, frames_only=False, field=0)))
    assert reader.has_fields


@pytest.mark.parametrize(
    "sets", [Sets(4, ()), Sets(4, (sps(order_kind=1),))], ids=["no set", "order by cycles"]
)
def test_what_cannot_be_told_is_not_guessed(sets: Sets) -> None:
    reader = OrderReader(sets)
    reader.add(0, packet(picture(0, is_idr=True)))
    assert reader.ranks() is None


def test_two_pictures_at_one_place_cannot_be_told_apart() -> None:
    reader = OrderReader(PLAIN)
    reader.add(0, packet(picture(0, is_idr=True)))
    reader.add(1, packet(picture(4)))
    reader.add(2, packet(picture(4)))
    assert reader.ranks() is None


@pytest.mark.parametrize("name", ["mirrored.mp4", "fragmented-b-frames.mp4", "gop-4s.ts"])
def test_real_films_are_in_the_order_that_their_containers_say(name: str) -> None:
    with av.open(str(FILMS / name)) as container:
        stream = container.streams.video[0]
        sets = nal.sets_of(nal.H264, bytes(stream.codec_context.extradata or b""))
        reader, times = OrderReader(sets), list[int]()
        for each in container.demux(stream):
            if each.size:
                reader.add(len(times), bytes(each))
                times.append(each.pts or 0)
    ranks = reader.ranks()
    assert ranks is not None
    by_time = sorted(range(len(times)), key=times.__getitem__)
    assert sorted(range(len(times)), key=ranks.__getitem__) == by_time

"""The planner of copied and encoded pieces, held against what a cut means."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.videos.media.cutting import made_films
from tests.videos.media.cutting.made_films import CLOCKS, Gop, films
from videos.media.cutting import planner
from videos.media.cutting.index import SECOND_US, FilmIndex
from videos.media.cutting.planner import CAPTIONS, Copied, Cue, Encoded, FilmPlan, plan_film
from videos.media.cutting.timeline import Segment, snapped

Picture = tuple[int, int]
"""Its place among the source's pictures, and when the result shows it."""
SECOND = Gop(25, b_frames=2)
FILTERS = HealthCheck.filter_too_much, HealthCheck.too_slow
MANY = settings(max_examples=200, deadline=None, suppress_health_check=FILTERS)


@st.composite
def cuts(
    draw: st.DrawFn, film: st.SearchStrategy[FilmIndex] | None = None, most: int = 3
) -> tuple[FilmIndex, tuple[Segment, ...]]:
    """A film and segments of it, after snapping."""
    made = draw(films() if film is None else film)
    index = made_films.index(made, draw(st.sampled_from([0, 0, 60 * SECOND_US])))
    segments = []
    for _ in range(draw(st.integers(1, most))):
        ends = sorted(draw(st.floats(0, index.end_us / SECOND_US)) for _ in range(2))
        assume(ends[1] - ends[0] > 0.01)
        segments.append(snapped(index, *ends))
        assume(segments[-1].length_us > 5000)
    return made, tuple(segments)


@st.composite
def even_cuts(draw: st.DrawFn) -> tuple[FilmIndex, tuple[Segment, ...]]:
    """A film of constant rate, and segments from a picture to another one or to the end."""
    made = draw(films(is_even=True))
    marks = [*(made.to_us(time) for time in made.shown_at), made_films.index(made).end_us]
    segments = []
    for _ in range(draw(st.integers(1, 2))):
        first = draw(st.integers(0, len(marks) - 2))
        segments.append(Segment(marks[first], marks[draw(st.integers(first + 1, len(marks) - 1))]))
    return made, tuple(segments)


def pictures_of(film: FilmIndex, plan: FilmPlan) -> list[Picture]:
    """What a plan shows, piece by piece, each piece's pictures in the order of time."""
    found: list[Picture] = []
    for piece in plan.pieces:
        if isinstance(piece, Copied):
            ranks = (film.ranks[number] for number in piece.packets)
            found += sorted(zip(ranks, piece.at, strict=True), key=lambda each: each[1])
        else:
            found += [(shown.rank, shown.at) for shown in piece.pictures]
    return found


def wanted(film: FilmIndex, segments: Sequence[Segment]) -> list[tuple[int, Fraction]]:
    """The pictures that are to be shown and their times in seconds, worked out anew."""
    at = [(time - film.origin) * film.tick for time in sorted(film.times[n] for n in film.order)]
    found, before = [], Fraction(0)
    hair = Fraction(1, SECOND_US)
    for segment in segments:
        start, end = (Fraction(each, SECOND_US) for each in (segment.start_us, segment.end_us))
        inside = [rank for rank, time in enumerate(at) if start - hair < time < end - hair]
        standing = [rank for rank, time in enumerate(at) if time <= start - hair]
        if standing and not (inside and abs(at[inside[0]] - start) <= hair):
            inside = [standing[-1], *inside]
        found += [(rank, before + max(Fraction(0), at[rank] - start)) for rank in inside]
        before += end - start
    return found


def one_film(plan: FilmPlan) -> list[str]:
    """The kinds of its pieces."""
    return ["copied" if isinstance(piece, Copied) else piece.why for piece in plan.pieces]


class TestWhatIsShown:
    """Every picture that belongs into the result, once, in order and at its time."""

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_each_picture_is_shown_once_in_order_at_its_time(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        plan = plan_film(film, segments)
        shown, right = pictures_of(film, plan), wanted(film, segments)
        assert [rank for rank, _ in shown] == [rank for rank, _ in right]
        assert all(a < b for a, b in pairwise(at for _, at in shown))
        for (_, at), (_, right_time) in zip(shown, right, strict=True):
            assert abs(at * plan.tick - right_time) <= plan.tick + Fraction(2, SECOND_US)

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_the_end_is_the_sum_of_the_lengths(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        plan = plan_film(film, segments)
        length = Fraction(sum(each.length_us for each in segments), SECOND_US)
        assert abs(plan.end * plan.tick - length) <= plan.tick / 2
        assert not plan.times or plan.times[-1] < plan.end

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_an_encoded_piece_ends_where_the_next_picture_begins(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        plan = plan_film(film, segments)
        begins = [*plan.times, plan.end]
        for piece in plan.encoded:
            last = piece.pictures[-1].at
            following = next(time for time in begins if time > last)
            ends = {
                round(sum(s.length_us for s in segments[:n]) / SECOND_US / plan.tick)
                for n in range(1, len(segments) + 1)
            }
            assert piece.until == following or piece.until in ends

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_encoding_everything_shows_the_same(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        whole = planner.plan_whole(film, segments)
        assert not whole.copied
        assert whole.why_encoded
        assert pictures_of(film, whole) == pictures_of(film, plan_film(film, segments))


class TestWhatIsCopied:
    """Only what decodes without anything that the result does not have."""

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_a_copied_piece_begins_with_an_entry(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        for piece in plan_film(film, segments).copied:
            assert piece.first in film.entries
            assert piece.packets[0] == piece.first
            assert piece.at[0] == min(piece.at)

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_it_has_every_packet_but_the_leading_ones_of_its_entry(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        for piece in plan_film(film, segments).copied:
            span = range(piece.first, piece.until)
            leading = {n for n in span if film.times[n] < film.times[piece.first]}
            assert piece.skipped == leading
            assert piece.packets == [n for n in span if n not in leading]
            assert not film.hidden & set(piece.packets)

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_it_leaves_no_hole_in_time(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        for piece in plan_film(film, segments).copied:
            ranks = sorted(film.ranks[number] for number in piece.packets)
            assert ranks == list(range(ranks[0], ranks[0] + len(ranks)))

    @pytest.mark.slow
    @MANY
    @given(cuts())
    def test_nothing_before_it_is_referred_to(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        """What is shown before an entry that it follows may refer to the group before that."""
        film, segments = given_cut
        entries = list(film.entries)
        for piece in plan_film(film, segments).copied:
            for number in piece.packets:
                place = max(n for n, entry in enumerate(entries) if entry <= number)
                is_leading = film.times[number] < film.times[entries[place]]
                assert entries[place - is_leading] >= piece.first

    @MANY
    @given(films(is_even=True))
    def test_a_whole_film_is_copied(self, film: FilmIndex) -> None:
        segment = Segment(0, made_films.index(film).end_us)
        plan = plan_film(film, (segment,))
        assert one_film(plan) == ["copied"]
        assert plan.copied[0].packets == list(range(len(film.times)))

    @pytest.mark.slow
    @MANY
    @given(even_cuts())
    def test_a_whole_result_is_copied_too(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, segments = given_cut
        plan = plan_film(film, segments)
        result = index_of(film, plan)
        end_us = round(plan.end * plan.tick * SECOND_US)
        assert one_film(plan_film(result, (Segment(0, end_us),))) == ["copied"]

    @pytest.mark.parametrize("why", ["changing", "interlaced", "no_entries"])
    def test_what_cannot_stand_beside_encoded_pictures_is_encoded_whole(self, why: str) -> None:
        film = made_films.film([SECOND] * 6, why_encoded=why)
        plan = plan_film(film, (Segment(1_480_000, 4_520_000),))
        assert not plan.copied
        assert plan.why_encoded == why

    def test_but_is_copied_where_nothing_is_encoded(self) -> None:
        film = made_films.film([SECOND] * 6, why_encoded="changing")
        plan = plan_film(film, (Segment(1_000_000, 4_000_000),))
        assert one_film(plan) == ["copied"]
        assert not plan.why_encoded


class TestTheShapeOfACut:
    """An encoded head, a copied middle, an encoded tail; no more is encoded than need be."""

    def test_from_keyframe_to_keyframe_all_is_copied(self) -> None:
        plan = plan_film(made_films.film([SECOND] * 6), (Segment(1_000_000, 4_000_000),))
        assert one_film(plan) == ["copied"]

    def test_a_start_between_keyframes_costs_the_pictures_up_to_the_next(self) -> None:
        plan = plan_film(made_films.film([SECOND] * 6), (Segment(1_480_000, 4_000_000),))
        assert one_film(plan) == ["head", "copied"]
        assert len(plan.encoded[0].pictures) == 13

    def test_an_end_between_keyframes_costs_what_waits_for_pictures_behind_it(self) -> None:
        film = made_films.film([SECOND] * 6)
        for pictures in range(1, 25):
            plan = plan_film(film, (Segment(1_000_000, 4_000_000 + pictures * 40_000),))
            assert sum(len(piece.pictures) for piece in plan.encoded) < 3

    def test_without_b_frames_an_end_costs_nothing(self) -> None:
        film = made_films.film([Gop(25)] * 6)
        for pictures in range(1, 25):
            plan = plan_film(film, (Segment(1_000_000, 4_000_000 + pictures * 40_000),))
            assert one_film(plan) == ["copied"]

    def test_the_leading_pictures_of_an_open_group_are_encoded_with_the_head(self) -> None:
        film = made_films.film([Gop(25), *[Gop(25, b_frames=3, is_open=True)] * 4])
        plan = plan_film(film, (Segment(520_000, 4_000_000),))
        assert one_film(plan)[:2] == ["head", "copied"]
        # 12 of the first group, and the 3 that are shown before the second keyframe.
        assert len(plan.encoded[0].pictures) == 15
        assert len(plan.copied[0].skipped) == 3

    def test_a_keyframe_that_is_no_entry_is_passed_over(self) -> None:
        film = made_films.film([Gop(25), Gop(25, is_entry=False), Gop(25), Gop(25)])
        plan = plan_film(film, (Segment(520_000, 4_000_000),))
        assert one_film(plan) == ["head", "copied"]
        assert plan.copied[0].first == 50

    def test_a_copy_that_is_too_short_to_pay_is_encoded_along(self) -> None:
        film = made_films.film([Gop(5)] * 3)
        plan = plan_film(film, (Segment(120_000, 360_000),))
        assert one_film(plan) == ["head"]

    def test_a_cut_within_a_slide_shows_the_slide_from_0_on(self) -> None:
        film = made_films.film([Gop(1)] * 4, stays=[250] * 4)
        plan = plan_film(film, (Segment(12_000_000, 18_000_000),))
        assert pictures_of(film, plan) == [(1, 0)]
        assert plan.end * plan.tick == 6

    def test_a_cut_behind_the_last_picture_shows_that_one(self) -> None:
        film = made_films.film([SECOND] * 4)
        plan = plan_film(film, (Segment(5_000_000, 8_000_000),))
        assert pictures_of(film, plan) == [(99, 0)]
        assert plan.end * plan.tick == 3

    def test_a_result_keeps_the_ticks_of_its_source_if_they_are_fine_enough(self) -> None:
        for tick, _ in CLOCKS:
            film = made_films.film([SECOND], clock=(tick, 1))
            own = planner.tick_of(film)
            assert own <= Fraction(1, 10_000) or own == tick
            assert (tick / own).denominator == 1


class TestLongStretches:
    """Encoded in pieces of about 5 s, so that a lost worker costs a piece or two."""

    @settings(deadline=None)
    @given(st.integers(251, 2000), st.sampled_from(CLOCKS))
    def test_more_than_10_s_are_split(self, pictures: int, clock: tuple[Fraction, int]) -> None:
        film = made_films.film([Gop(pictures)], clock=clock)
        segment = Segment(0, made_films.index(film).end_us)
        plan = planner.plan_whole(film, (segment,))
        lengths = [(piece.until - piece.pictures[0].at) * plan.tick for piece in plan.encoded]
        gap = film.usual_gap * film.tick
        if segment.length_us > planner.LONG_US:
            assert all(abs(length - 5) <= Fraction(5, 4) + gap for length in lengths)
        else:
            assert len(lengths) == 1

    def test_10_s_and_less_are_one_piece(self) -> None:
        film = made_films.film([Gop(250)])
        assert len(planner.plan_whole(film, (Segment(0, 10_000_000),)).pieces) == 1

    def test_a_slide_within_them_is_not_split(self) -> None:
        film = made_films.film([Gop(200)], stays=[1] * 50 + [500] + [1] * 149)
        plan = planner.plan_whole(film, (Segment(0, made_films.index(film).end_us),))
        assert all(piece.pictures for piece in plan.encoded)
        assert sum(len(piece.pictures) for piece in plan.encoded) == 200


@st.composite
def captioned(
    draw: st.DrawFn,
) -> tuple[FilmIndex, tuple[Segment, ...], tuple[Cue, ...]]:
    """A cut with cues that do not overlap."""
    film, segments = draw(cuts(most=2))
    end_us = made_films.index(film).end_us
    # Subtitle files count in milliseconds.
    marks = sorted(1000 * at for at in draw(st.sets(st.integers(0, end_us // 1000), max_size=8)))
    cues = tuple(Cue(a, b) for a, b in zip(marks[::2], marks[1::2], strict=False))
    return film, segments, cues


class TestCaptions:
    """Only the pictures between two entries on which text is drawn are encoded."""

    @pytest.mark.slow
    @MANY
    @given(captioned())
    def test_a_picture_under_a_cue_is_not_copied(
        self, case: tuple[FilmIndex, tuple[Segment, ...], tuple[Cue, ...]]
    ) -> None:
        film, segments, cues = case
        assume(len(segments) == 1)
        for piece in plan_film(film, segments, cues).copied:
            for number in piece.packets:
                rank = film.ranks[number]
                begin = max(segments[0].start_us, film.to_us(film.shown_at[rank]))
                until = segments[0].end_us
                if rank + 1 < len(film):
                    until = min(until, film.to_us(film.shown_at[rank + 1]))
                assert not any(cue.start_us < until and cue.end_us > begin for cue in cues)

    @pytest.mark.slow
    @MANY
    @given(captioned())
    def test_all_pictures_are_shown_as_without_captions(
        self, case: tuple[FilmIndex, tuple[Segment, ...], tuple[Cue, ...]]
    ) -> None:
        film, segments, cues = case
        plan, plain = plan_film(film, segments, cues), plan_film(film, segments)
        with_text = pictures_of(film, plan)
        assert set(pictures_of(film, plain)) <= set(with_text)
        assert all(a < b for a, b in pairwise(at for _, at in with_text))
        assert all(0 <= b - a <= 1 for a, b in pairwise(r for r, _ in with_text)) or (
            len(segments) > 1
        )
        assert plan.end == plain.end

    @pytest.mark.slow
    @MANY
    @given(captioned())
    def test_over_a_standing_picture_each_cue_comes_and_goes_at_its_moment(
        self, case: tuple[FilmIndex, tuple[Segment, ...], tuple[Cue, ...]]
    ) -> None:
        film, segments, cues = case
        assume(len(segments) == 1)
        segment, plan = segments[0], plan_film(film, segments, cues)
        moments = {at for _, at in pictures_of(film, plan)}
        for cue in cues:
            if cue.end_us <= segment.start_us or cue.start_us >= segment.end_us:
                continue
            for mark in (cue.start_us, cue.end_us):
                if not segment.start_us < mark < segment.end_us or not stands(film, mark):
                    continue
                at = Fraction(mark - segment.start_us, SECOND_US) / plan.tick
                assert any(abs(each - at) <= 2 for each in moments), (mark, cue)

    def test_groups_without_a_cue_are_copied(self) -> None:
        film = made_films.film([SECOND] * 10)
        plan = plan_film(film, (Segment(0, 10_000_000),), (Cue(3_200_000, 4_500_000),))
        assert one_film(plan) == ["copied", CAPTIONS, "copied"]
        assert [piece.packets[0] for piece in plan.copied] == [0, 125]
        ranks = [shown.rank for shown in plan.encoded[0].pictures]
        assert ranks[-1] == 124
        assert 78 <= ranks[0] <= 80
        assert len(plan.copied[0].packets) == ranks[0]

    def test_a_picture_that_stands_is_shown_anew_for_a_cue(self) -> None:
        film = made_films.film([Gop(1)] * 4, stays=[250] * 4)
        plan = plan_film(film, (Segment(0, 40_000_000),), (Cue(12_000_000, 15_000_000),))
        assert one_film(plan) == ["copied", CAPTIONS, "copied"]
        shown = [(each.rank, each.at * plan.tick) for each in plan.encoded[0].pictures]
        assert shown == [(1, Fraction(at)) for at in (10, 12, 15)]

    def test_changes_within_one_tick_are_one_moment(self) -> None:
        film = made_films.film([Gop(1)] * 4, stays=[250] * 4)
        plan = plan_film(film, (Segment(0, 40_000_000),), (Cue(12_000_000, 12_000_001),))
        assert all(a < b for a, b in pairwise(plan.times))

    def test_cues_outside_the_cut_cost_nothing(self) -> None:
        film = made_films.film([SECOND] * 10)
        cues = (Cue(0, 900_000), Cue(8_000_000, 9_000_000))
        plan = plan_film(film, (Segment(2_000_000, 8_000_000),), cues)
        assert one_film(plan) == ["copied"]

    @pytest.mark.slow
    def test_planning_time_does_not_grow_with_the_square_of_the_length(self) -> None:
        def seconds(minutes: int) -> float:
            film = made_films.film([SECOND] * (60 * minutes))
            cues = tuple(Cue(n * 5_000_000, n * 5_000_000 + 2_500_000) for n in range(12 * minutes))
            begin = time.process_time()
            plan_film(film, (Segment(0, 60_000_000 * minutes),), cues)
            return time.process_time() - begin

        assert seconds(8) < 8 * seconds(2)


def stands(film: FilmIndex, mark: int) -> bool:
    """Whether a picture stands there so long that all would see text come late."""
    rank = film.rank_at(mark)
    if rank + 1 >= len(film) or film.shown_at[rank] * film.tick * SECOND_US > mark:
        return False
    gap = film.shown_at[rank + 1] - film.shown_at[rank]
    return gap > 2 * film.median_gap + 1 and gap * film.tick > Fraction(1, 4)


class TestFast:
    """Packets only, from the keyframe before."""

    @pytest.mark.slow
    @MANY
    @given(cuts(most=1))
    def test_it_begins_with_a_keyframe_at_or_before_the_start(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, (segment,) = given_cut
        assume(film.ranks[0] >= 0)
        fast = planner.plan_fast(film, segment, made_films.index(film).end_us)
        piece = fast.plan.copied[0]
        assert piece.first in film.keyframes
        first = film.rank_at(segment.start_us)
        assert film.ranks[piece.first] <= first

    @pytest.mark.slow
    @MANY
    @given(cuts(most=1))
    def test_every_picture_up_to_its_end_is_there_without_a_hole(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, (segment,) = given_cut
        fast = planner.plan_fast(film, segment, made_films.index(film).end_us)
        piece = fast.plan.copied[0]
        ranks = sorted(film.ranks[n] for n in piece.packets if film.ranks[n] >= 0)
        assert ranks == list(range(ranks[0], ranks[0] + len(ranks)))
        right = [rank for rank, _ in wanted(film, (fast.actual,))]
        assert ranks[-1] == right[-1]
        assert ranks[0] <= right[0]
        assert fast.actual.end_us >= segment.end_us
        assert fast.actual.start_us == segment.start_us

    @pytest.mark.slow
    @MANY
    @given(cuts(most=1))
    def test_pictures_keep_their_distances(
        self, given_cut: tuple[FilmIndex, tuple[Segment, ...]]
    ) -> None:
        film, (segment,) = given_cut
        fast = planner.plan_fast(film, segment, made_films.index(film).end_us)
        piece, start = fast.plan.copied[0], Fraction(segment.start_us, SECOND_US)
        for number, at in zip(piece.packets, piece.at, strict=True):
            own = (film.times[number] - film.origin) * film.tick - start
            assert abs(at * fast.plan.tick - own) <= fast.plan.tick + Fraction(2, SECOND_US)


def index_of(film: FilmIndex, plan: FilmPlan) -> FilmIndex:
    """The index of the file that a plan makes; encoded pictures are in order."""
    times, keyframes, entries = array("q"), array("q"), array("q")
    for piece in plan.pieces:
        if isinstance(piece, Encoded):
            keyframes.append(len(times))
            entries.append(len(times))
            times.extend(shown.at for shown in piece.pictures)
            continue
        for number, at in zip(piece.packets, piece.at, strict=True):
            if number in film.keyframes:
                keyframes.append(len(times))
            if number in film.entries:
                entries.append(len(times))
            times.append(at)
    return FilmIndex(
        stream=0,
        codec=film.codec,
        tick=plan.tick,
        times=times,
        sizes=array("q", [1000] * len(times)),
        positions=array("q", [-1] * len(times)),
        keyframes=keyframes,
        entries=entries,
    )

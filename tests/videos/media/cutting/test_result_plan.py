"""What becomes of every track of a source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.videos.media.cutting import made_films
from tests.videos.media.cutting.made_films import Gop
from videos.media.cutting import copyable
from videos.media.cutting.index import FilmIndex, Index, TrackSpan
from videos.media.cutting.planner import Cue
from videos.media.cutting.result_plan import FAST, LeftOut, Required, plan_result
from videos.media.cutting.timeline import Segment

SECOND = 1_000_000
FILM = made_films.film([Gop(25, b_frames=2)] * 10)
INNER = (Segment(1_480_000, 4_480_000),)


def index(*more: TrackSpan, film: FilmIndex = FILM) -> Index:
    plain = made_films.index(film)
    return replace(plain, tracks=(*plain.tracks, *more))


def sound(
    stream: int, codec: str = "aac", *, start: int = 0, end: int = 10 * SECOND, note: str = ""
) -> TrackSpan:
    return TrackSpan(stream, "audio", start, end, codec, note)


def left_out(source: Index, required: Required) -> tuple[LeftOut, ...]:
    return plan_result(source, required).left_out


class TestSounds:
    """Copied where one segment allows it, else encoded; what cannot go along is named."""

    @pytest.mark.parametrize("codec", sorted(copyable.LEAD_PACKETS))
    def test_one_segment_of_a_codec_of_an_mp4_is_copied(self, codec: str) -> None:
        plan = plan_result(index(sound(1, codec)), Required(INNER))
        assert [each.is_copied for each in plan.sounds] == [True]

    @pytest.mark.parametrize("codec", ["pcm_s16le", "vorbis", "wmav2"])
    def test_others_are_encoded(self, codec: str) -> None:
        plan = plan_result(index(sound(1, codec)), Required(INNER))
        assert [each.is_copied for each in plan.sounds] == [False]

    def test_of_several_segments_all_are_encoded(self) -> None:
        plan = plan_result(index(sound(1)), Required(INNER * 2))
        assert [each.is_copied for each in plan.sounds] == [False]

    def test_all_come_along_in_their_order(self) -> None:
        plan = plan_result(index(sound(1), sound(2)), Required(INNER))
        assert [each.span.stream for each in plan.sounds] == [1, 2]
        assert plan.left_out == ()

    def test_only_those_that_are_asked_for_and_the_others_are_no_loss(self) -> None:
        plan = plan_result(index(sound(1), sound(2)), Required(INNER, sounds=(2,)))
        assert [each.span.stream for each in plan.sounds] == [2]
        assert plan.left_out == ()
        assert plan_result(index(sound(1)), Required(INNER, sounds=())).sounds == ()

    @pytest.mark.parametrize(
        ("start", "end"), [(5 * SECOND, 9 * SECOND), (0, SECOND), (0, 1_480_000)]
    )
    def test_one_that_is_not_in_the_span_is_named(self, start: int, end: int) -> None:
        source = index(sound(1, start=start, end=end))
        assert left_out(source, Required(INNER)) == (LeftOut(1, "audio", "not_in_span"),)

    def test_one_that_is_in_any_segment_comes_along(self) -> None:
        source = index(sound(1, start=5 * SECOND, end=9 * SECOND))
        required = Required((*INNER, Segment(6 * SECOND, 7 * SECOND)))
        assert plan_result(source, required).left_out == ()

    def test_one_that_nothing_decodes_is_named_with_its_reason(self) -> None:
        source = index(sound(1), sound(2, note="no_decoder"))
        assert left_out(source, Required(INNER)) == (LeftOut(2, "audio", "no_decoder"),)


class TestFilms:
    """The film that is shown, and further ones."""

    def test_a_cover_that_is_stored_as_a_film_is_named(self) -> None:
        source = index(TrackSpan(1, "video", 0, 40_000, "mjpeg", "cover"))
        assert left_out(source, Required(INNER)) == (LeftOut(1, "video", "cover"),)

    def test_two_films_are_both_cut(self) -> None:
        source = index(TrackSpan(1, "video", 0, 10 * SECOND, "h264"))
        source = replace(source, films=(FILM, replace(FILM, stream=1)))
        plan = plan_result(source, Required(INNER))
        assert [each.film.stream for each in plan.films] == [0, 1]
        assert plan.films[0].plan == plan.films[1].plan

    def test_text_is_drawn_on_the_first_and_the_others_are_named(self) -> None:
        source = index(TrackSpan(1, "video", 0, 10 * SECOND, "h264"))
        source = replace(source, films=(FILM, replace(FILM, stream=1)))
        required = Required(INNER, cues=(Cue(0, 10 * SECOND),), is_drawn=True)
        plan = plan_result(source, required)
        assert [each.film.stream for each in plan.films] == [0]
        assert [each.stream for each in plan.left_out] == [1]

    @pytest.mark.parametrize("codec", ["vp8", "prores", "mjpeg", "wmv3"])
    def test_a_codec_that_no_browser_plays_from_an_mp4_is_encoded(self, codec: str) -> None:
        film = replace(FILM, codec=codec, why_encoded="codec")
        plan = plan_result(index(film=film), Required((Segment(0, 10 * SECOND),)))
        assert plan.films[0].plan.copied == []

    def test_all_can_be_encoded_if_that_is_wanted(self) -> None:
        plan = plan_result(index(), Required(INNER, is_whole_encode=True))
        assert plan.encoded_pictures == 75
        assert plan.copied_bytes == 0

    def test_it_says_how_much_is_copied(self) -> None:
        plan = plan_result(index(), Required((Segment(SECOND, 4 * SECOND),)))
        assert plan.encoded_pictures == 0
        assert plan.copied_bytes == sum(FILM.sizes[25:100])
        assert plan.length_us == 3 * SECOND


class TestFast:
    """From the keyframe before; the answer says where it really begins and ends."""

    def test_it_says_where_it_ends_without_a_hole(self) -> None:
        plan = plan_result(index(), Required(INNER, mode=FAST))
        assert plan.films[0].plan.encoded == []
        assert plan.segments[0].start_us == 1_480_000
        assert 4_480_000 <= plan.segments[0].end_us <= 4_600_000
        assert plan.length_us == plan.segments[0].length_us

    def test_sound_is_copied_to_the_same_end(self) -> None:
        plan = plan_result(index(sound(1)), Required(INNER, mode=FAST))
        assert [each.is_copied for each in plan.sounds] == [True]

"""How encoded pieces are written: as the source's own pictures are, or as usual."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.videos.media.cutting.bits import BitWriter, sps
from videos.media.cutting import coding
from videos.media.cutting.coding import Colours, FilmFormat
from videos.media.cutting.nal import Sets

FILM = FilmFormat(
    codec="h264",
    profile="High",
    pix_fmt="yuv420p",
    width=1920,
    height=1080,
    pixel=(1, 1),
    colours=Colours(1, 1, 1, 1),
    has_b_frames=True,
)
NONE = Sets(4, ())


def pps(number: int) -> bytes:
    return BitWriter().put(0x68, 8).number(number).number(0).put(0, 2).unit()


class TestMatching:
    """Pictures that can stand beside the source's own."""

    @pytest.mark.parametrize(("codec", "encoder"), [("h264", "libx264"), ("hevc", "libx265")])
    def test_the_same_codec_size_and_colours(self, codec: str, encoder: str) -> None:
        film = replace(FILM, codec=codec, pixel=(4, 3), pix_fmt="yuv422p10le")
        made = coding.matching(film, NONE)
        assert (made.codec, made.encoder) == (codec, encoder)
        assert (made.width, made.height, made.pixel) == (1920, 1080, (4, 3))
        assert (made.pix_fmt, made.colours) == ("yuv422p10le", FILM.colours)

    def test_no_b_frames_where_the_source_has_none(self) -> None:
        assert coding.matching(replace(FILM, has_b_frames=False), NONE).options["bf"] == "0"
        assert coding.matching(FILM, NONE).options["bf"] != "0"

    def test_nothing_in_hevc_waits_when_a_copied_entry_comes(self) -> None:
        assert coding.matching(replace(FILM, codec="hevc"), NONE).options["bf"] == "0"

    @pytest.mark.parametrize("taken", [(0,), (7,), (7, 8), tuple(range(9))])
    def test_parameter_sets_have_numbers_that_the_source_does_not_use(
        self, taken: tuple[int, ...]
    ) -> None:
        units = tuple(unit for number in taken for unit in (sps(number=number), pps(number)))
        numbers = coding.matching(FILM, Sets(4, units)).set_ids
        assert len(set(numbers)) == 2
        assert not set(numbers) & set(taken)
        assert all(0 <= number < 32 for number in numbers)

    def test_pictures_in_order_have_sets_of_their_own(self) -> None:
        usual = coding.matching(FILM, NONE)
        in_order = coding.in_order(usual)
        assert in_order.options["bf"] == "0"
        assert in_order.set_ids
        assert in_order.set_ids[0] != usual.set_ids[0]


class TestUsual:
    """What every browser plays."""

    @pytest.mark.parametrize("pix_fmt", ["yuv422p10le", "gbrp", "pal8", "yuvj420p"])
    def test_h264_with_4_2_0(self, pix_fmt: str) -> None:
        made = coding.usual(replace(FILM, codec="prores", pix_fmt=pix_fmt))
        assert (made.codec, made.pix_fmt) == ("h264", "yuv420p")

    def test_even_sides(self) -> None:
        made = coding.usual(replace(FILM, width=65, height=49))
        assert (made.width, made.height) == (64, 48)

    @pytest.mark.parametrize("pix_fmt", ["gbrp", "rgb24", "bgra", "pal8"])
    def test_rgb_becomes_bt_709_and_says_so(self, pix_fmt: str) -> None:
        made = coding.usual(replace(FILM, pix_fmt=pix_fmt, colours=Colours(2, 2, 0, 2)))
        assert made.colours == Colours(1, 1, 1, 1)

    def test_other_colours_keep_their_tags(self) -> None:
        colours = Colours(5, 6, 5, 1)
        assert coding.usual(replace(FILM, colours=colours)).colours == colours


@pytest.mark.parametrize(
    ("tick", "gap", "rate"),
    [
        (Fraction(1, 12_800), 512, Fraction(25)),
        (Fraction(1, 30_000), 1001, Fraction(30_000, 1001)),
        (Fraction(1, 90_000), 3003, Fraction(30_000, 1001)),
        (Fraction(1, 1000), 40, Fraction(25)),
        (Fraction(1, 1000), 10_000, Fraction(1, 10)),
    ],
)
def test_the_rate_is_the_one_of_the_usual_picture(tick: Fraction, gap: int, rate: Fraction) -> None:
    assert coding.frame_rate(tick, gap) == rate

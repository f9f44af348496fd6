"""Burned subtitles: drawn in their time, in their place, in letters and not in boxes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import factories, media
from tests.pictures import LACKED, alike, differing, drawn, lit, shown
from tests.videos.operations.running import checked, run
from tests.videos.operations.subtitled import SRT, film, source, subtitle
from videos.core.enums import StepCode, WorkClass
from videos.media.subtitles import reading
from videos.operations.base import Plan, Source
from videos.operations.burn_subtitles import OPERATION
from videos.operations.forms import from_json, json_schema

pytestmark = pytest.mark.slow


def burn(source: Source, folder: Path, **params: object) -> Plan:
    """Burn the source's only subtitle file in."""
    workdir = folder / "work"
    workdir.mkdir()
    return run(OPERATION, [source], {"subtitles": source.subtitles[0].id, **params}, workdir)


def burned(source: Source, folder: Path, **params: object) -> Path:
    return burn(source, folder, **params).artifacts[0].path


class TestTime:
    """A cue is seen in its time and at no other."""

    def test_text_is_there_inside_the_cue_and_not_outside(self, tmp_path: Path) -> None:
        path = burned(source(film(tmp_path), subtitle(tmp_path)), tmp_path)
        assert not lit(path, 0.9)
        assert len(lit(path, 1.04)) > 100
        assert len(lit(path, 1.9)) > 100
        assert not lit(path, 2.04)
        assert len(lit(path, 3.2)) > 50
        assert not lit(path, 3.6)

    def test_outside_the_cues_the_picture_is_that_of_the_source(self, tmp_path: Path) -> None:
        plain = film(tmp_path)
        path = burned(source(plain, subtitle(tmp_path)), tmp_path)
        assert not differing(shown(plain, 0.5), shown(path, 0.5), level=3)

    def test_a_film_that_does_not_begin_at_zero_has_them_in_time(self, tmp_path: Path) -> None:
        late = tmp_path / "late.ts"
        copy = ("-c", "copy", "-output_ts_offset", "100", "-muxdelay", "0")
        media.ffmpeg("-i", film(tmp_path), *copy, late)
        path = burned(source(late, subtitle(tmp_path)), tmp_path)
        assert not lit(path, 0.85)
        assert len(lit(path, 1.5)) > 100
        assert not lit(path, 2.15)

    def test_cues_past_the_end_are_left_out(self, tmp_path: Path) -> None:
        text = SRT + "\n3\n00:09:00,000 --> 00:10:00,000\nspäter\n"
        plan = burn(source(film(tmp_path), subtitle(tmp_path, text)), tmp_path)
        assert checked(plan).duration_us == pytest.approx(4_000_000, abs=50_000)


class TestLetters:
    """Real glyphs of the font that the product brings."""

    def test_hangul_and_hanja_are_no_boxes(self, tmp_path: Path) -> None:
        letters = "한글漢字"
        shapes = [lit(drawn(tmp_path, letter), 0) for letter in letters]
        box = lit(drawn(tmp_path, LACKED), 0)
        assert box, "the font's sign for a missing letter must be seen"
        for letter, shape in zip(letters, shapes, strict=True):
            assert shape
            assert alike(shape, box) < 0.6, letter
        assert len({frozenset(shape) for shape in shapes}) == len(letters)

    def test_what_is_burned_is_what_the_font_draws(self, tmp_path: Path) -> None:
        text = "1\n00:00:01,000 --> 00:00:02,000\n한\n"
        plain = film(tmp_path)
        path = burned(source(plain, subtitle(tmp_path, text)), tmp_path, size=15)
        found = lit(path, 1.5)
        assert alike(found, lit(drawn(tmp_path, "한", size=0.15 * 240), 0)) > 0.8

    def test_a_letter_that_the_font_lacks_is_left_out(self, tmp_path: Path) -> None:
        text = (
            "1\n00:00:01,000 --> 00:00:02,000\n\ue000😀\n\n2\n00:00:03,000 --> 00:00:04,000\n둘\n"
        )
        path = burned(source(film(tmp_path), subtitle(tmp_path, text)), tmp_path)
        assert not lit(path, 1.5)
        assert lit(path, 3.5)

    @pytest.mark.parametrize("encoding", ["cp949", "utf-16", "utf-8"])
    def test_any_encoding_gives_the_same_picture(self, tmp_path: Path, encoding: str) -> None:
        plain = film(tmp_path)
        file = subtitle(tmp_path, SRT.replace("漢字", "한자"), encoding=encoding)
        found = lit(burned(source(plain, file), tmp_path), 1.5)
        assert alike(found, lit(drawn(tmp_path, "한글 한자 행렬", size=0.055 * 240), 0)) > 0.7


class TestLook:
    """Size, colour, outline, position."""

    def test_the_position_is_kept(self, tmp_path: Path) -> None:
        heights = {}
        for position in ("top", "middle", "bottom"):
            folder = tmp_path / position
            folder.mkdir()
            path = burned(source(film(folder), subtitle(folder)), folder, position=position)
            places = [y for _x, y in lit(path, 1.5)]
            heights[position] = sum(places) / len(places)
        assert heights["top"] < 80 < heights["middle"] < 160 < heights["bottom"]

    def test_the_size_is_a_share_of_the_height(self, tmp_path: Path) -> None:
        tall = {}
        for size in (5, 15):
            folder = tmp_path / str(size)
            folder.mkdir()
            path = burned(source(film(folder), subtitle(folder)), folder, size=size, outline=0)
            places = [y for _x, y in lit(path, 1.5)]
            tall[size] = max(places) - min(places)
        assert tall[15] > 2 * tall[5]

    def test_the_colour_is_used(self, tmp_path: Path) -> None:
        path = burned(
            source(film(tmp_path), subtitle(tmp_path)), tmp_path, colour="#000000", outline=0
        )
        luma = shown(path, 1.5).luma
        assert min(luma) < 40
        assert max(luma) < 140


class TestAnyFilm:
    """Odd sides, turned pictures, oblong pixels, uneven frames, foreign codecs."""

    def test_odd_sides_and_foreign_codecs(self, tmp_path: Path) -> None:
        for clip in (media.odd_sized(), media.vp8(), media.hevc(), media.many_tracks()):
            folder = tmp_path / clip.stem
            folder.mkdir()
            checked(burn(source(clip, subtitle(folder)), folder))

    def test_an_uneven_film_keeps_its_frames_and_their_times(self, tmp_path: Path) -> None:
        path = burned(source(media.uneven(), subtitle(tmp_path)), tmp_path)
        # While a picture stands the text comes and goes: at 1, 3 and 3.5 s.
        changes = [1.0, 3.0, 3.5]
        times = sorted([*(number / 25 for number in media.UNEVEN), *changes])
        assert media.frame_times(path) == times

    def test_a_turned_film_is_captioned_as_it_is_seen(self, tmp_path: Path) -> None:
        turned = tmp_path / "turned.mp4"
        media.ffmpeg("-display_rotation:v:0", "90", "-i", film(tmp_path), "-c", "copy", turned)
        path = burned(source(turned, subtitle(tmp_path)), tmp_path)
        found = media.probed(path)
        assert (found.width, found.height, found.rotation) == (240, 320, 270)
        # The film is stored lying on its side: its lower edge is the left one.
        places = [x for x, _y in lit(path, 1.5)]
        assert max(places) < 100

    def test_oblong_pixels_stay_as_they_are(self, tmp_path: Path) -> None:
        oblong = film(tmp_path, "180x240", "-vf", "setsar=16/9", name="oblong.mp4")
        path = burned(source(oblong, subtitle(tmp_path)), tmp_path)
        picture = shown(path, 1.5)
        assert (picture.width, picture.height) == (180, 240)
        assert media.probed(path).width == 320


class TestPlan:
    """What it promises before it starts."""

    def test_only_what_has_captions_on_screen_is_encoded(self, tmp_path: Path) -> None:
        found = source(film(tmp_path), subtitle(tmp_path))
        params = from_json(OPERATION.form, {"subtitles": found.subtitles[0].id}, [found])
        plan = OPERATION.build([found], params, tmp_path)
        prepare, encode, join = plan.steps
        codes = (prepare.code, encode.code, join.code)
        assert codes == (StepCode.STARTING, StepCode.ENCODING, StepCode.COPYING)
        # The cues last from 1 to 2 and from 3 to 3.5 s, and there is a keyframe each second.
        assert (encode.expected_frames, join.expected_frames) == (50, 100)
        assert OPERATION.estimate([found], params).work_class is WorkClass.COPY
        assert plan.artifacts[0].name == "grey_captioned.mp4"

    def test_no_name_of_a_client_reaches_a_command_line(self, tmp_path: Path) -> None:
        name = "a.srt',drawtext=textfile=/etc/passwd,null='"
        found = source(film(tmp_path), subtitle(tmp_path, name=name))
        plan = burn(found, tmp_path)
        assert not any("drawtext" in word for step in plan.steps for word in step.argv)
        assert lit(plan.artifacts[0].path, 1.5)

    def test_the_schema_says_what_may_be_sent(self) -> None:
        schema = json_schema(OPERATION.form)
        assert schema["required"] == ["subtitles"]
        assert schema["properties"]["subtitles"] == {"title": "Subtitle file", "type": "string"}
        assert schema["properties"]["position"]["enum"] == ["bottom", "middle", "top"]


class TestRefusals:
    """What cannot be used, field by field; what is found out only when it is read."""

    @pytest.mark.parametrize(
        ("params", "codes"),
        [
            ({}, {"subtitles": "required"}),
            ({"subtitles": "no such"}, {"subtitles": "unknown_subtitles"}),
            ({"subtitles": 5}, {"subtitles": "not_text"}),
            ({"subtitles": "?", "size": 1.9}, {"size": "out_of_range"}),
            ({"subtitles": "?", "size": 16}, {"size": "out_of_range"}),
            ({"subtitles": "?", "size": "5"}, {"size": "not_a_number"}),
            ({"subtitles": "?", "colour": "red"}, {"colour": "not_a_colour"}),
            ({"subtitles": "?", "colour": "#fff"}, {"colour": "not_a_colour"}),
            ({"subtitles": "?", "colour": "#ffffff\n"}, {"colour": "not_a_colour"}),
            ({"subtitles": "?", "outline": 11}, {"outline": "out_of_range"}),
            ({"subtitles": "?", "outline": 1.5}, {"outline": "not_a_whole_number"}),
            ({"subtitles": "?", "position": "left"}, {"position": "not_a_choice"}),
            ({"subtitles": "?", "font": "x"}, {"font": "unknown_field"}),
        ],
    )
    def test_a_wrong_field_is_named(
        self, tmp_path: Path, params: dict[str, Any], codes: dict[str, str]
    ) -> None:
        from videos.core.errors import AppError

        file = subtitle(tmp_path)
        probed = factories.source()
        found = replace(probed, name="a.mp4", subtitles=(file,))
        sent = {name: file.id if value == "?" else value for name, value in params.items()}
        with pytest.raises(AppError) as refused:
            from_json(OPERATION.form, sent, [found])
        assert refused.value.fields == codes

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("no times", "not_subtitles"),
            ("WEBVTT\n\nnothing", "no_cues"),
            (bytes(range(256)) * 64, "wrong_encoding"),
            ("1\n00:00:05,000 --> 00:00:02,000\nx\n", "cue_ends_before_start"),
            ("1\n01:00:00,000 --> 01:00:02,000\nx\n", "cues_after_end"),
            ("1\n00:00:00,000 --> 00:00:01,000\nx\n\n" * 20_001, "too_many_cues"),
        ],
        ids=["no subtitles", "no cues", "noise", "backwards", "too late", "too many"],
    )
    def test_a_file_that_went_bad_ends_with_its_reason(
        self, tmp_path: Path, text: str | bytes, code: str
    ) -> None:
        found = source(film(tmp_path), subtitle(tmp_path, text))
        with pytest.raises(AssertionError, match=code):
            burn(found, tmp_path)

    def test_a_file_that_is_gone_says_so(self, tmp_path: Path) -> None:
        found = source(film(tmp_path), subtitle(tmp_path))
        found.subtitles[0].path.unlink()
        with pytest.raises(AssertionError, match="subtitles_gone"):
            burn(found, tmp_path)


class TestBombs:
    """Files that are made to cost much cost little."""

    HEAD = (
        "[Script Info]\nScriptType: v4.00+\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )

    def test_drawings_blur_and_overlap_are_not_rendered(self, tmp_path: Path) -> None:
        points = " ".join(f"l {n % 640} {n * 7 % 480}" for n in range(20_000))
        line = "Dialogue: 0,0:00:00.00,0:00:04.00,Default,,0,0,0,,"
        bomb = self.HEAD + f"{line}{{\\p1\\blur50}}m 0 0 {points}{{\\p0}}boom\n"
        bomb += "".join(f"{line}{{\\blur20\\t(\\fscx900)}}text {n}\n" for n in range(3000))
        found = reading.read(bomb.encode(), name="bomb.ass")
        assert len(found.cues) <= reading.MAX_AT_ONCE
        plan = burn(source(film(tmp_path), subtitle(tmp_path, bomb, name="bomb.ass")), tmp_path)
        written = (tmp_path / "work" / "burn.ass").read_text()
        assert "\\p1" not in written
        assert "blur" not in written
        assert len(written) < 20_000
        assert checked(plan).duration_us > 0

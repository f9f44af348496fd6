"""Writing cues anew: what is written is what is shown, in every format."""

from __future__ import annotations

import pytest

from videos.media.subtitles.cues import Cue, Run, TextStyle
from videos.media.subtitles.glyphs import drawable, missing
from videos.media.subtitles.reading import read
from videos.media.subtitles.writing import Style, ass, srt, webvtt

STYLE = Style(width=1280, height=720, size=40)
TRICKY = [
    "plain",
    "한글 漢字 かな",
    "a < b > c & d",
    "{braces} and }{",
    "back\\slash \\N \\h \\n",
    "a --> b",
    "<b>not bold</b>",
    "&amp; &lt;",
    "WEBVTT",
    "NOTE this",
    "12",
]


def cue(text: str, look: TextStyle | None = None) -> Cue:
    return Cue(1000, 2500, (Run(text, look or TextStyle()),))


@pytest.mark.parametrize("text", TRICKY)
def test_webvtt_says_the_same_when_it_is_read_again(text: str) -> None:
    found = read(webvtt([cue(text)]).encode())
    assert [(each.start_ms, each.end_ms, each.plain) for each in found.cues] == [(1000, 2500, text)]


@pytest.mark.parametrize("text", TRICKY)
def test_subrip_says_the_same_when_it_is_read_again(text: str) -> None:
    found = read(srt([cue(text)]).encode())
    (only,) = found.cues
    assert (only.start_ms, only.end_ms) == (1000, 2500)
    assert only.plain.replace("\u2060", "") == text


def test_text_styles_are_kept() -> None:
    look = TextStyle(bold=True, italic=True, colour="#ff0000")
    assert read(srt([cue("x", look)]).encode()).cues[0].runs == (Run("x", look),)
    assert "<b><i>x</i></b>" in webvtt([cue("x", look)])


def test_blank_lines_do_not_end_a_cue() -> None:
    assert read(webvtt([cue("a\n\n\nb")]).encode()).cues[0].plain == "a\nb"


def test_ass_has_one_style_and_escapes_what_would_be_a_tag() -> None:
    text = ass([cue("{\\p1}m 0 0\\N"), cue("둘\n줄")], STYLE)
    assert text.count("\nStyle: ") == 1
    assert "Noto Sans KR,40," in text
    assert "\\{\\\u2060p1\\}m 0 0\\\u2060N" in text
    assert "둘\\N줄" in text
    assert "PlayResX: 1280" in text


def test_a_text_style_does_not_affect_the_next_run() -> None:
    runs = (Run("a", TextStyle(bold=True, colour="#112233")), Run("b"))
    text = ass([Cue(0, 1000, runs)], STYLE)
    assert "{\\b1\\i0\\u0\\s0\\1c&H332211&}a{\\r}b" in text


def test_a_cue_of_which_nothing_can_be_drawn_is_left_out() -> None:
    assert "Dialogue" not in ass([cue("😀\ue000")], STYLE)


class TestGlyphs:
    """What the font can draw."""

    def test_hangul_hanja_kana_and_latin_are_there(self) -> None:
        assert missing("가힣 漢字 かなカナ Ää Éß 0-9 …—“”") == ""

    def test_what_is_missing_is_named_once(self) -> None:
        assert missing("a😀b😀\ue000") == "\ue000😀"

    def test_what_is_never_drawn_is_not_missing(self) -> None:
        assert missing("a\u200db\ufe0fc\n\t d\u2060") == ""

    def test_decomposed_hangul_is_drawn_composed(self) -> None:
        assert drawable("\u1112\u1161\u11ab") == "한"

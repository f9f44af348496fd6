"""Reading strangers' subtitle files: by content, within limits, checked."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videos.media.subtitles import reading
from videos.media.subtitles.cues import Cue
from videos.media.subtitles.errors import (
    CueEndsBeforeStart,
    NoCues,
    NotSubtitles,
    SubtitleError,
    SubtitlesTooLarge,
    TooManyCues,
)
from videos.media.subtitles.reading import MAX_AT_ONCE, MAX_BYTES, MAX_CUES, read

SMI = """<SAMI><HEAD><STYLE TYPE="text/css"><!--
P { margin-left:8pt; } .KRCC { Name:Korean; lang:ko-KR; } .ENCC { Name:English; lang:en-US; }
--></STYLE></HEAD><BODY>
<SYNC Start=1000><P Class=KRCC>안녕하세요<br><i>여러분</i> &amp; 친구
<SYNC Start=2500><P Class=KRCC>&nbsp;
<SYNC Start=3000><P Class=KRCC><font color="red">둘째</font>
<SYNC Start=4000><P Class=KRCC>&nbsp;
</BODY></SAMI>"""
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\b1}굵게{\\b0}, 그리고\\N둘째 줄
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 9 0{\\p0}{\\blur9\\pos(1,2)}글
"""


# What files are made of, and what breaks them off in the middle.
PIECES = [
    *("<SAMI>", "<SYNC Start=", "<SYNC Start=5>", "<P>", "<P Class=KRCC>", "<br>", "&nbsp;"),
    *("[Events]", "Format: Start,End,Text", "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,"),
    *("{", "}", "\\b1", "{\\b1}", "{\\p1}", "\\N", "WEBVTT", "NOTE", "00:01.000 --> 00:02.000"),
    *(
        "1",
        "00:00:01,000 --> 00:00:02,000",
        "-->",
        "<b>",
        "</b>",
        "<font color=red>",
        "<",
        ">",
        "&",
    ),
    *("<!--", "-->", "글", " ", "\n", "\n\n", "\0", "\u2028", "start=9"),
]


def times(cues: tuple[Cue, ...]) -> list[tuple[int, int]]:
    return [(cue.start_ms, cue.end_ms) for cue in cues]


class TestFormats:
    """Each format by its content."""

    def test_subrip(self) -> None:
        found = read("\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n한 줄\r\n두 줄\r\n\r\n".encode())
        assert (found.format, times(found.cues)) == ("srt", [(1000, 2500)])
        assert found.cues[0].plain == "한 줄\n두 줄"

    @pytest.mark.parametrize(
        "text",
        [
            "00:00:01,000 --> 00:00:02,500\nx\n",
            "1\n00:01,000 --> 00:02,500\nx\n",
            "1\n0:0:1.0 --> 0:0:2.5\nx",
            "1\n00:00:01,000-->00:00:02,500\nx",
            "1\n00:00:01,000 --> 00:00:02,500 X1:0 Y1:0\nx\n\n\n\n",
            "7\n7\n00:00:01,000 --> 00:00:02,500\n\nx\n",
        ],
        ids=["no number", "no hours", "short numbers", "no spaces", "places", "blank lines"],
    )
    def test_subrip_as_people_write_it(self, text: str) -> None:
        assert times(read(text.encode(), name="a.srt").cues) == [(1000, 2500)]

    def test_webvtt(self) -> None:
        text = (
            "WEBVTT - title\n\nSTYLE\n::cue { color: red }\n\nNOTE nothing\n\n"
            "id\n00:01.000 --> 00:02.500 line:0 align:start\n<v 교수>a &lt; b &amp; <i>c</i>\n"
        )
        found = read(text.encode())
        assert (found.format, times(found.cues)) == ("vtt", [(1000, 2500)])
        assert found.cues[0].plain == "a < b & c"

    def test_ass_keeps_text_and_drops_drawings(self) -> None:
        found = read(ASS.encode())
        assert found.format == "ass"
        assert times(found.cues) == [(1000, 2500), (3000, 4000)]
        assert [cue.plain for cue in found.cues] == ["굵게, 그리고\n둘째 줄", "글"]
        assert found.cues[0].text.startswith("<b>굵게</b>")

    def test_sami_as_korean_programs_write_it(self) -> None:
        found = read(SMI.encode("cp949"), name="a.smi")
        assert (found.format, found.encoding) == ("smi", "cp949")
        assert times(found.cues) == [(1000, 2500), (3000, 4000)]
        assert found.cues[0].plain == "안녕하세요\n여러분 & 친구"
        assert '<font color="#ff0000">둘째</font>' in found.cues[1].text

    def test_a_name_does_not_decide(self) -> None:
        assert read(SMI.encode(), name="a.srt").format == "smi"


class TestCleaning:
    """What is kept of the text."""

    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("<script>x</script>", "<script>x</script>"),
            ("{\\an8}up", "up"),
            ("a\u202egpj.exe", "agpj.exe"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
            ("<b>bold</b> <i>it</i>", "bold it"),
        ],
    )
    def test_markup_and_controls_go_and_other_text_stays(self, text: str, plain: str) -> None:
        found = read(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode())
        assert found.cues[0].plain == plain

    def test_a_cue_has_five_hundred_characters_and_ten_lines_at_most(self) -> None:
        text = "\n".join("x" * 300 for _ in range(50))
        found = read(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode())
        assert len(found.cues[0].plain) <= 510
        assert found.dropped.shortened == 1

    def test_eight_are_shown_at_once(self) -> None:
        cues = "".join(f"{n}\n00:00:01,000 --> 00:00:09,000\nx{n}\n\n" for n in range(1, 31))
        found = read(cues.encode())
        assert len(found.cues) == MAX_AT_ONCE
        assert found.dropped.crowded == 30 - MAX_AT_ONCE


class TestRefusals:
    """What cannot be used, and why."""

    def test_a_cue_that_ends_before_it_starts_is_named(self) -> None:
        text = "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:05,000 --> 00:00:03,000\nb\n"
        with pytest.raises(CueEndsBeforeStart) as refused:
            read(text.encode())
        assert refused.value.args == {"number": 2, "start": "00:00:05.000", "end": "00:00:03.000"}

    @pytest.mark.parametrize(
        ("raw", "name", "error"),
        [
            (b"", "a.srt", NoCues),
            (b"just words", "a.srt", NoCues),
            (b"just words", "a.txt", NotSubtitles),
            (b"WEBVTT\n\n", "a.vtt", NoCues),
            (b"1\n00:00:01,000 --> 00:00:02,000\n\n", "a.srt", NoCues),
            (b"1\n00:00:01,000 --> 00:00:01,000\nx\n", "a.srt", NoCues),
            (b"x" * (MAX_BYTES + 1), "a.srt", SubtitlesTooLarge),
        ],
        ids=["empty", "words", "no name", "no cue", "no text", "no time", "too large"],
    )
    def test_a_file_without_cues(self, raw: bytes, name: str, error: type[SubtitleError]) -> None:
        with pytest.raises(error):
            read(raw, name=name)

    def test_more_than_twenty_thousand_cues(self) -> None:
        cue = b"1\n00:00:01,000 --> 00:00:02,000\nx\n\n"
        with pytest.raises(TooManyCues) as refused:
            read(cue * (MAX_CUES + 1))
        assert refused.value.args == {"cues": MAX_CUES + 1, "limit": MAX_CUES}


HOSTILE = {
    "arrows": b"-->" * (MAX_BYTES // 3),
    "open tags": b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<b" * 2_000_000,
    "nested tags": b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<b><i>" * 600_000,
    "braces": b"1\n00:00:01,000 --> 00:00:02,000\n" + b"{\\b1" * 900_000,
    "digits": b"1" * (MAX_BYTES - 40) + b"\n00:00:01,000 --> 00:00:02,000\nx\n",
    "spaces": b"WEBVTT\n" + b" " * (MAX_BYTES - 100),
    "lines": b"\n" * (MAX_BYTES - 1),
    "entities": b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"&amp" * 1_000_000,
    "sami": b"<sami>" + b"<sync start=1><p>" * 19_000,
    "ass": b"[Events]\n" + b"Dialogue: 0,0:00:00.00,0:00:01.00" * 100_000,
    "commas": b"[Events]\nFormat: " + b"," * (MAX_BYTES - 100),
    "empty looks": b"[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,"
    + b"{\\b1} {\\b0} " * 340_000,
    "paragraphs": b"<SAMI><SYNC Start=0>" + b"<P>x" * 1_000_000,
    "one moment": b"<sami>" + (b"<sync start=1><p>" + b"x" * 180) * 19_000,
    "attributes": b"<sami><sync start=" + b"=" * (MAX_BYTES - 100),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_four_hostile_mebibytes_take_seconds_at_most(name: str) -> None:
    raw = HOSTILE[name]
    assert len(raw) <= MAX_BYTES
    began = time.monotonic()
    with suppress(SubtitleError):
        read(raw, name="a.srt")
    assert time.monotonic() - began < 20


@given(st.lists(st.sampled_from(PIECES), max_size=60))
@settings(max_examples=400, deadline=None)
def test_whatever_a_file_is_made_of_is_read_or_refused(pieces: list[str]) -> None:
    with suppress(SubtitleError):
        found = reading.read("".join(pieces).encode(), name="a.srt")
        assert all(cue.plain.strip() for cue in found.cues)


def test_every_format_has_a_name() -> None:
    assert set(reading.FORMATS) == {"srt", "vtt", "ass", "smi"}

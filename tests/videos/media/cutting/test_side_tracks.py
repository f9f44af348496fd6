"""What goes along with films and sound."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.videos.media.cutting.exports import FILMS, SPEC
from videos.media.cutting import side_tracks
from videos.media.cutting.join import Chapter
from videos.media.cutting.side_tracks import SideTracks
from videos.media.cutting.spec import CaptionFile, Spec
from videos.media.cutting.text_track import Text
from videos.media.cutting.timeline import Segment
from videos.media.ffmpeg.command import ffmpeg_path
from videos.media.probe import scan

Make = Callable[[str], Path]
ASS = """[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,16
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\i1}one{\\i0}, two\\Nthree
"""
SRT = "1\n00:00:01,000 --> 00:00:03,000\n<i>Tom &amp; Jerry</i>\nagain\n"


def read(source: Path, *spans: tuple[float, float], spec: Spec = SPEC) -> SideTracks:
    index = scan.scan_with_index(source, need_video=True).index
    assert index is not None
    segments = [Segment(round(a * 1e6), round(b * 1e6)) for a, b in spans or [(0, 10)]]
    return side_tracks.read(source, index, replace(spec, source=str(source)), segments)


def with_text(clip: Make, folder: Path, name: str, text: str, *options: str) -> Path:
    """A film with a caption track of that format."""
    words, made = folder / name, folder / "with-text.mkv"
    words.write_text(text, encoding="utf-8")
    command = [ffmpeg_path(), "-nostdin", "-v", "error", "-i", str(clip("clock-at-10s.mkv"))]
    command += ["-itsoffset", "10", "-i", str(words), "-map", "0", "-map", "1", "-c", "copy"]
    subprocess.run([*command, *options, "-copyts", str(made)], check=True)
    return made


class TestCaptions:
    """Tracks that are there, and files that are attached, in the time of the source."""

    def test_tracks_that_are_text_come_along(self, clip: Make) -> None:
        (part,) = read(clip("subtitles.mp4"), (2, 6)).texts
        assert part.texts == [
            Text(0, 1000, "from one to three"),
            Text(3500, 4000, "a short one"),
        ]

    @pytest.mark.parametrize(
        ("name", "text", "shown"),
        [("words.ass", ASS, "one, two\nthree"), ("words.srt", SRT, "Tom & Jerry\nagain")],
    )
    def test_they_are_plain_text_whatever_they_were(
        self, clip: Make, tmp_path: Path, name: str, text: str, shown: str
    ) -> None:
        source = with_text(clip, tmp_path, name, text)
        (part,) = read(source, (0, 10)).texts
        assert [each.text for each in part.texts] == [shown]

    def test_a_clock_that_begins_at_10_s_is_taken_off(self, clip: Make, tmp_path: Path) -> None:
        source = with_text(clip, tmp_path, "words.srt", SRT)
        (part,) = read(source, (2, 6)).texts
        assert (part.texts[0].start_ms, part.texts[0].end_ms) == (0, 1000)

    def test_those_that_are_there_stand_before_those_that_are_attached(
        self, clip: Make, tmp_path: Path
    ) -> None:
        (tmp_path / "own.srt").write_text(SRT, encoding="utf-8")
        attached = (CaptionFile(str(tmp_path / "own.srt"), "utf-8", "kor"),)
        found = read(clip("subtitles.mp4"), spec=replace(SPEC, attached=attached)).texts
        assert [part.named.language for part in found] == ["", "kor"]
        assert [part.named.is_default for part in found] == [False, True]

    def test_they_keep_their_names(self, clip: Make) -> None:
        names = {"2": {"language": "ger", "title": "Untertitel"}}
        (part,) = read(clip("subtitles.mp4"), spec=replace(SPEC, names=names)).texts
        assert (part.named.language, part.named.title) == ("ger", "Untertitel")


class TestChapters:
    """Those of the source, or others instead."""

    def test_those_of_the_source_are_clipped(self, clip: Make) -> None:
        found = read(clip("chapters.mp4"), (3, 5)).chapters
        assert found == [Chapter(0, 1000, "first"), Chapter(1000, 2000, "second")]

    def test_others_last_until_the_next_one_in_any_order(self, clip: Make) -> None:
        marks = ((1.5, "b"), (0.0, "a"))
        found = read(clip("chapters.mp4"), (3, 6), spec=replace(SPEC, chapters=marks)).chapters
        assert found == [Chapter(0, 1500, "a"), Chapter(1500, 3000, "b")]

    def test_none_has_no_length_or_lies_behind_the_end(self, clip: Make) -> None:
        marks = ((0.0, "a"), (1.0, "b"), (1.0, "c"), (3.0, "at the end"), (9.0, "behind"))
        found = read(clip("chapters.mp4"), (3, 6), spec=replace(SPEC, chapters=marks)).chapters
        assert all(0 <= each.start_ms < each.end_ms <= 3000 for each in found)
        assert [each.title for each in found] == ["a", "c"]

    def test_no_chapters_are_none(self, clip: Make) -> None:
        assert read(clip("chapters.mp4"), spec=replace(SPEC, chapters=())).chapters == []


class TestTimecode:
    """Of the first moment that is shown."""

    @pytest.mark.parametrize(
        ("spans", "code"),
        [([(0, 10)], "01:00:00:00"), ([(5, 8)], "01:00:05:00"), ([(7, 8), (1, 2)], "01:00:07:00")],
    )
    def test_it_goes_on_by_the_first_start(
        self, spans: list[tuple[float, float]], code: str
    ) -> None:
        assert read(FILMS / "timecode.mov", *spans).timecode == code

    def test_without_one_there_is_none(self) -> None:
        assert read(FILMS / "mirrored.mp4").timecode == ""


@pytest.mark.parametrize(("metadata", "count"), [("keep", 1), ("strip", 0)])
def test_what_a_file_says_of_itself_is_kept_or_not(
    clip: Make, tmp_path: Path, metadata: str, count: int
) -> None:
    source = tmp_path / "named.mp4"
    command = [ffmpeg_path(), "-nostdin", "-v", "error", "-i", str(clip("b-frames.mp4"))]
    subprocess.run([*command, "-c", "copy", "-metadata", "title=Seoul", str(source)], check=True)
    found = read(source, spec=replace(SPEC, metadata=metadata)).metadata
    assert list(found.values()).count("Seoul") == count
    assert "encoder" not in found

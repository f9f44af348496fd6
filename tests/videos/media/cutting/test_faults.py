"""Small films that were once cut wrongly: pictures, times, sound and what goes along with them.

Numbers of pictures are those that their bars show, 25 a second; beeps are heard at 2, 5 and 8 s.
Each result is held against the rules by the independent checker too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from operator import sub
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

from bench.cuts.turning import Turn
from tests.videos.media.cutting.exports import FILMS, SPEC, Cut, cut, loud_at
from videos.media.cutting.result_plan import FAST, LeftOut
from videos.media.cutting.spec import CaptionFile, Spec

MS = pytest.approx
BEEP, SILENCE = 0.02, 0.005
LIKE_IT = 4.0
"""Grey levels."""
BOX = """[Script Info]
ScriptType: v4.00+
PlayResX: 192
PlayResY: 108
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment, MarginL, MarginR, MarginV
Style: Default,Arial,16,&H00ffffff,7,0,0,0
[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:02.00,0:00:04.00,Default,{\\p1\\bord0\\shad0\\pos(40,60)}m 0 0 l 100 0 100 40 0 40
"""
"""A white box instead of words, from 2 to 4 s: no font can be missing."""


def fast(source: str, folder: Path, *cuts: tuple[float, float]) -> Cut:
    return cut(FILMS / source, folder, *cuts, spec=replace(SPEC, mode=FAST))


def numbers(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


def even(count: int, first: float = 0.0) -> list[float]:
    """Times of a film of 25 pictures a second."""
    return [round(first + number / 25, 4) for number in range(count)]


def is_beeping(made: Cut, at: float, track: int = 0) -> bool:
    """Whether there is a beep of 0.1 s from that time on, and none before and after it."""
    sound = made.film.sounds[track]
    around: tuple[float, float] = (
        loud_at(sound, at - 0.1, at - 0.02),
        loud_at(sound, at + 0.13, at + 0.23),
    )
    beep: float = loud_at(sound, at + 0.01, at + 0.09)
    quiet: float = max(around)
    return beep > BEEP and quiet < SILENCE


def grey(frame: VideoFrame) -> bytes:
    plane = frame.reformat(32, 18, "gray").planes[0]
    line = plane.line_size
    return b"".join(bytes(plane)[row * line : row * line + 32] for row in range(18))


def greys(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [grey(frame) for frame in container.decode(video=0)]


def alike(one: Sequence[bytes], other: Sequence[bytes]) -> bool:
    """Whether these pictures are the same but for what encoding costs."""
    unlike: list[float] = [
        sum(map(abs, map(sub, a, b))) / len(a) for a, b in zip(one, other, strict=True)
    ]
    return bool(max(unlike) < LIKE_IT)


def shown_at(path: Path, time: float) -> VideoFrame:
    """The picture on screen at that time."""
    with av.open(str(path)) as container:
        frames = [frame for frame in container.decode(video=0) if (frame.time or 0) <= time]
    return frames[-1]


def in_the_box(frame: VideoFrame) -> int:
    """The luma of a pixel where the box of `BOX` is."""
    plane = frame.reformat(format="gray").planes[0]
    return bytes(plane)[80 * plane.line_size + 90]


def colours(frame: VideoFrame) -> list[list[int]]:
    """Red, green and blue in the middle of each quarter."""
    plane = frame.reformat(format="rgb24", dst_color_range="JPEG").planes[0]
    data, line = bytes(plane), plane.line_size
    places = [(180 * y, 320 * x) for y in (1, 3) for x in (1, 3)]
    return [list(data[y * line + 3 * x : y * line + 3 * x + 3]) for y, x in places]


def test_the_picture_of_a_long_pause_stays_for_the_whole_cut(tmp_path: Path) -> None:
    made = cut(FILMS / "sparse.mp4", tmp_path, (2, 5))
    assert made.numbers == [25]
    assert made.times == [0]
    assert made.film.pictures_end == MS(3.0, abs=0.001)
    assert made.film.sounds[0].end == MS(3.0, abs=0.022)
    assert is_beeping(made, 0.0)
    assert made.sentences() == []


@pytest.mark.parametrize("span", [(0, 10), (2.5, 3.5)])
def test_captions_come_and_go_over_a_standing_picture(
    tmp_path: Path, span: tuple[float, float]
) -> None:
    spec = with_box(tmp_path)
    made = cut(FILMS / "sparse.mp4", tmp_path, span, spec=spec)
    drawn = {
        second: in_the_box(shown_at(made.path, second - span[0])) > 180
        for second in (1.5, 1.9, 2.1, 3, 3.4, 3.9, 4.1, 5)
        if span[0] <= second < span[1]
    }
    assert drawn == {second: 2 <= second < 4 for second in drawn}
    assert made.film.pictures_end == MS(span[1] - span[0], abs=0.001)


def test_slides_of_4_s_are_cut_where_it_was_asked(tmp_path: Path) -> None:
    made = cut(FILMS / "slides-4s.mp4", tmp_path, (1, 7))
    assert made.actual == [(1.0, 7.0)]
    assert made.numbers == [0, 100]
    assert made.times == [0, 3.0]
    assert made.film.pictures_end == MS(6.0, abs=0.001)
    assert is_beeping(made, 1.0)
    assert is_beeping(made, 4.0)
    assert made.sentences() == []


def test_a_cut_within_a_slide_of_10_s_is_that_slide(tmp_path: Path) -> None:
    made = cut(FILMS / "slides-10s.mp4", tmp_path, (12, 18))
    assert made.times == [0]
    assert made.film.pictures_end == MS(6.0, abs=0.001)
    assert alike(greys(made.path), greys(FILMS / "slides-10s.mp4")[1:2])
    assert made.sentences() == []


@pytest.mark.parametrize(
    ("span", "times"),
    [
        ((3, 7), [0, 1, 2, 3]),
        ((3.5, 7.25), [0, 0.5, 1.5, 2.5, 3.5]),
        ((3.04, 6.97), [0, 0.96, 1.96, 2.96]),
        ((16.5, 20), [0, 0.5, 1.5, 2.5]),
    ],
)
def test_a_picture_each_second_stands_until_the_next(
    tmp_path: Path, span: tuple[float, float], times: list[float]
) -> None:
    made = cut(FILMS / "one-fps.mp4", tmp_path, span)
    starts, ends = ({3.04: 3, 6.97: 7}.get(each, each) for each in span)
    assert made.actual == [(starts, ends)]
    first, shown = int(starts), greys(FILMS / "one-fps.mp4")
    if starts == 3:
        times = [0, 1, 2, 3]
    assert made.times == times
    assert alike(greys(made.path), shown[first : first + len(times)])
    assert made.film.pictures_end == MS(ends - starts, abs=0.001)
    assert made.sentences() == []


def test_behind_the_last_picture_it_stays_while_sound_goes_on(tmp_path: Path) -> None:
    made = cut(FILMS / "pictures-end-early.mp4", tmp_path, (5, 8))
    assert made.numbers == [99]
    assert made.times == [0]
    assert made.film.pictures_end == MS(3.0, abs=0.001)
    assert made.film.sounds[0].start == 0
    assert made.film.sounds[0].end == MS(3.0, abs=0.022)
    assert is_beeping(made, 0.0)
    assert made.sentences() == []


@pytest.mark.slow
def test_sound_before_the_first_picture_is_kept(tmp_path: Path) -> None:
    made = cut(FILMS / "pictures-begin-late.mp4", tmp_path, (0, 4))
    assert made.numbers == numbers(11, 99)
    assert made.times == even(89, 0.44)
    assert made.film.pictures_end == MS(4.0, abs=0.001)
    assert made.film.sounds[0].start == 0
    assert is_beeping(made, 0.25)
    assert is_beeping(made, 2.0)
    assert made.sentences() == []


def test_a_cut_before_the_sound_begins_has_none_and_says_so(tmp_path: Path) -> None:
    made = cut(FILMS / "sound-begins-late.mp4", tmp_path, (1, 3))
    assert made.numbers == numbers(25, 74)
    assert made.film.sounds == []
    assert made.plan.left_out == (LeftOut(1, "audio", "not_in_span"),)
    assert made.sentences() == []


def test_a_cut_where_there_is_sound_has_all_of_it(tmp_path: Path) -> None:
    made = cut(FILMS / "sound-begins-late.mp4", tmp_path, (5, 7))
    assert made.numbers == numbers(125, 174)
    assert is_beeping(made, 1.0)  # its track was moved by 4 s as a whole
    assert made.film.sounds[0].start == 0
    assert made.film.sounds[0].end == MS(2.0, abs=0.022)
    assert made.sentences() == []


def test_sound_that_begins_within_a_cut_begins_there(tmp_path: Path) -> None:
    made = cut(FILMS / "sound-begins-late.mp4", tmp_path, (3, 5))
    assert made.numbers == numbers(75, 124)
    assert made.film.sounds[0].start == MS(1.0, abs=0.0225)
    assert made.film.pictures_end == MS(2.0, abs=0.001)
    assert made.sentences() == []


@pytest.mark.slow
def test_a_broadcast_is_cut_by_its_pictures(tmp_path: Path) -> None:
    made = cut(FILMS / "broadcast.ts", tmp_path, (3, 6))
    assert made.numbers == numbers(75, 149)
    assert made.times == even(75)
    assert made.film.pictures_end == MS(3.0, abs=0.001)
    assert is_beeping(made, 1.99)
    assert made.sentences() == []


@pytest.mark.slow
def test_in_the_middle_between_two_pictures_the_earlier_counts(tmp_path: Path) -> None:
    made = cut(FILMS / "gop-4s.ts", tmp_path, (3.5, 5.5))
    assert made.times == even(50)
    source = greys(FILMS / "gop-4s.ts")
    first = round((made.actual[0][0] - 0.023222) * 25)
    assert alike(greys(made.path), source[first : first + 50])
    assert made.sentences() == []


@pytest.mark.slow
@pytest.mark.parametrize("film", ["gop-4s.ts", "broadcast.ts", "fragmented-b-frames.mp4"])
@pytest.mark.parametrize("end", [5.3, 7.1])
def test_a_cut_from_0_has_the_sound_before_the_first_picture(
    tmp_path: Path, film: str, end: float
) -> None:
    made = cut(FILMS / film, tmp_path, (0, end))
    assert made.film.sounds[0].start == 0
    assert made.sentences() == []


@pytest.mark.slow
@pytest.mark.parametrize("span", [(3.5, 5.5), (0, 2), (4.1, 9), (7.9, 12)])
def test_a_fast_cut_of_a_broadcast_begins_where_it_says(
    tmp_path: Path, span: tuple[float, float]
) -> None:
    made = fast("gop-4s.ts", tmp_path, span)
    source = greys(FILMS / "gop-4s.ts")
    start, end = made.actual[0]
    first = max(0, round((start - 0.023222) * 25))
    shown = [picture for picture in made.film.pictures if picture.time >= 0]
    assert made.pieces == ["copied"]
    assert abs(start - span[0]) <= 0.02 + 1e-5
    assert alike(greys(made.path)[-len(shown) :], source[first : first + len(shown)])
    assert made.film.pictures_end == MS(end - start, abs=0.001)
    steps = {round(float(b - a), 4) for a, b in zip(made.times, made.times[1:], strict=False)}
    assert steps == {0.04}


@pytest.mark.slow
@pytest.mark.parametrize("span", [(2, 6), (1.28, 4.68), (0.04, 9.96), (0, 10)])
def test_pictures_of_an_avi_with_b_frames_are_in_order(
    tmp_path: Path, span: tuple[float, float]
) -> None:
    made = cut(FILMS / "h264-b-frames.avi", tmp_path, span)
    first, until = (round(each * 25) for each in span)
    assert made.numbers == numbers(first, until - 1)
    assert made.times == even(until - first)
    assert made.sentences() == []


@pytest.mark.parametrize("span", [(2, 6), (1.28, 4.68), (0.04, 9.96), (0, 10)])
def test_pictures_of_an_avi_are_in_order_in_a_fast_cut_too(
    tmp_path: Path, span: tuple[float, float]
) -> None:
    made = fast("h264-b-frames.avi", tmp_path, span)
    start, end = (round(each * 25) for each in made.actual[0])
    assert start == round(span[0] * 25)
    assert end >= round(span[1] * 25)
    assert made.numbers == numbers(start, end - 1)
    assert made.times == even(end - start)


def test_attached_captions_leave_the_pictures_of_an_avi_in_order(tmp_path: Path) -> None:
    (tmp_path / "words.srt").write_text(
        "1\n00:00:02,000 --> 00:00:04,000\nhello\n", encoding="utf-8"
    )
    attached = CaptionFile(str(tmp_path / "words.srt"), "utf-8", "eng")
    made = cut(FILMS / "h264-b-frames.avi", tmp_path, spec=replace(SPEC, attached=(attached,)))
    assert made.numbers == numbers(0, 249)
    assert made.times == even(250)
    assert made.pieces == ["copied"]
    with av.open(str(made.path)) as container:
        packets = [each for each in container.demux(subtitles=0) if each.size > 2]
        track = container.streams.subtitles[0]
        assert track.language == "eng"
        shown = [(p.pts, p.duration, p.time_base) for p in packets]
        assert [bytes(each)[2:] for each in packets] == [b"hello"]
    assert shown == [(2000, 2000, Fraction(1, 1000))]


@pytest.mark.slow
def test_a_sound_track_that_nothing_decodes_is_left_out_by_name(tmp_path: Path) -> None:
    made = cut(FILMS / "unknown-sound-codec.mp4", tmp_path, (2, 6))
    assert made.numbers == numbers(50, 149)
    assert made.plan.left_out == (LeftOut(2, "audio", "no_decoder"),)
    assert len(made.film.sounds) == 1
    assert is_beeping(made, 3.0)
    assert made.sentences() == []


@pytest.mark.slow
@pytest.mark.parametrize("spans", [[(1, 3)], [(1.6, 2.4), (0.4, 1.2)]])
def test_two_single_channel_tracks_become_two_mono_tracks(
    tmp_path: Path, spans: list[tuple[float, float]]
) -> None:
    made = cut(FILMS / "two-single-channel-tracks.mov", tmp_path, *spans)
    with av.open(str(made.path)) as container:
        tracks = [
            (s.codec_context.name, s.codec_context.layout.name) for s in container.streams.audio
        ]
    assert tracks == [("aac", "mono")] * 2
    length = sum(end - start for start, end in spans)
    assert [float(sound.end) for sound in made.film.sounds] == MS([length] * 2, abs=0.001)
    assert all(is_beeping(made, 2 - spans[0][0], track) for track in (0, 1))
    assert made.sentences() == []


@pytest.mark.slow
def test_a_cover_that_is_stored_as_a_film_does_not_hinder(tmp_path: Path) -> None:
    made = cut(FILMS / "cover-as-film-track.mp4", tmp_path, (2, 6))
    assert made.numbers == numbers(50, 149)
    assert made.times == even(100)
    assert made.plan.left_out == (LeftOut(2, "video", "cover"),)
    assert is_beeping(made, 3.0)
    assert made.sentences() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("span", "code"),
    [((5, 8), "01:00:05:00"), ((0, 2), "01:00:00:00"), ((3.2, 4), "01:00:03:05")],
)
def test_a_timecode_goes_on_by_the_start(
    tmp_path: Path, span: tuple[float, float], code: str
) -> None:
    made = cut(FILMS / "timecode.mov", tmp_path, span)
    with av.open(str(made.path)) as container:
        tracks = [s for s in container.streams if s.type == "data"]
        codes = {s.metadata.get("timecode") for s in (container.streams.video[0], *tracks)}
    assert len(tracks) == 1
    assert codes == {code}
    assert made.numbers == numbers(round(span[0] * 25), round(span[1] * 25) - 1)
    assert made.sentences() == []


@pytest.mark.slow
@pytest.mark.parametrize("span", [(2, 6), (1.4, 3.32)])
def test_a_mirrored_film_stays_mirrored(tmp_path: Path, span: tuple[float, float]) -> None:
    made = cut(FILMS / "mirrored.mp4", tmp_path, span)
    assert made.film.turn == Turn(-1, 0, 0, 1)
    assert made.numbers == numbers(round(span[0] * 25), round(span[1] * 25) - 1)
    assert made.sentences() == []


def test_the_colours_of_an_rgb_film_are_kept_and_tagged(tmp_path: Path) -> None:
    made = cut(FILMS / "rgb.mkv", tmp_path, (0.5, 1.5))
    frame = shown_at(made.path, 0.5)
    assert (frame.color_primaries, frame.color_trc, frame.colorspace) == (1, 1, 1)
    assert frame.format.name == "yuv420p"
    source = colours(shown_at(FILMS / "rgb.mkv", 0.5))
    assert (frame.width, frame.height) == (1280, 720)
    assert len({tuple(each) for each in source}) > 1
    for shown, right in zip(colours(frame), source, strict=True):
        assert shown == MS(right, abs=3)
    assert made.sentences() == []


def with_box(folder: Path) -> Spec:
    """A white box is drawn from 2 to 4 s."""
    (folder / "box.ass").write_text(BOX, encoding="utf-8")
    (folder / "fonts").mkdir()
    return replace(SPEC, drawn="box.ass", fonts="fonts", cues=((2_000_000, 4_000_000),))


@pytest.mark.slow
def test_the_colours_of_an_rgb_film_are_kept_beside_text(tmp_path: Path) -> None:
    spec = replace(with_box(tmp_path), cues=((0, 400_000),))
    (tmp_path / "box.ass").write_text(BOX.replace("0:00:02.00", "0:00:00.00"), encoding="utf-8")
    made = cut(FILMS / "rgb.mkv", tmp_path, spec=spec)
    frame, source = shown_at(made.path, 0.2), shown_at(FILMS / "rgb.mkv", 0.2)
    assert (frame.color_primaries, frame.color_trc, frame.colorspace) == (1, 1, 1)
    for shown, right in zip(colours(frame)[:2], colours(source)[:2], strict=True):
        assert shown == MS(right, abs=3)


@pytest.mark.slow
def test_text_on_a_film_of_two_single_channel_tracks_keeps_both(tmp_path: Path) -> None:
    source = FILMS / "two-single-channel-tracks.mov"
    made = cut(source, tmp_path, spec=with_box(tmp_path))
    assert [sound.channels for sound in made.film.sounds] == [1, 1]
    assert all(is_beeping(made, 2.0, track) for track in (0, 1))
    assert in_the_box(shown_at(made.path, 2.5)) > 180
    assert made.numbers == numbers(0, 74)


@pytest.mark.slow
def test_a_film_without_a_container_is_given_times(tmp_path: Path) -> None:
    made = cut(FILMS / "raw.h264", tmp_path, (1, 3))
    assert made.times == even(50)
    assert alike(greys(made.path), greys(FILMS / "raw.h264")[25:75])
    assert made.film.pictures_end == MS(2.0, abs=0.001)


@pytest.mark.slow
@pytest.mark.parametrize("film", ["open-gop-hevc.mp4", "fragmented-b-frames.mp4"])
@pytest.mark.parametrize(
    ("span", "first", "last"), [((3.91, 4.41), 3.92, 4.36), ((4.03, 4.53), 4.04, 4.48)]
)
def test_a_cut_that_begins_just_before_a_keyframe_has_its_12_pictures(
    tmp_path: Path, film: str, span: tuple[float, float], first: float, last: float
) -> None:
    made = cut(FILMS / film, tmp_path, span)
    assert made.actual == [MS((first, last + 0.04), abs=0.0001)]
    assert made.times == even(12)
    assert made.film.pictures_end == MS(0.48, abs=0.001)
    assert made.sentences() == []


@pytest.mark.slow
@pytest.mark.parametrize("film", ["open-gop-hevc.mp4", "fragmented-b-frames.mp4"])
@pytest.mark.parametrize("span", [(3.91, 9.01), (1, 11), (0.5, 8.03)])
def test_longer_cuts_of_the_same_films_are_copied_in_their_middle(
    tmp_path: Path, film: str, span: tuple[float, float]
) -> None:
    made = cut(FILMS / film, tmp_path, span)
    assert "copied" in made.pieces
    assert made.sentences() == []

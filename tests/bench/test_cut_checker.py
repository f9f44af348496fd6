"""The checker of cuts finds faults that were put in, and passes cuts that are right.

All results are made by ffmpeg's filters over the whole decoded source, so nothing is sought.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from bench.cuts.checker import Report, check
from bench.cuts.clips import X264, Clip, make_one
from bench.cuts.drawing import write_sound

START, END = 1.52, 3.52
PLAIN = Clip("plain.mp4", f"{X264} -g 50 -bf 2", seconds=5)
WITHOUT_NUMBERS = "without-numbers.mp4"
ENCODED = tuple(
    shlex.split("-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p -c:a aac -b:a 96k")
)

LAST_ONE_SHORT = r"-bf 0 -enc_time_base 1/1000 -bsf:v setts=duration=if(eq(N\\,49)\\,20\\,40)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources."""
    made = tmp_path_factory.mktemp("cuts")
    write_sound(made / "voice-0.wav", 6, 0)
    others = (
        replace(PLAIN, name="plain.ts"),
        replace(PLAIN, name="plain.mpg", film="-c:v mpeg2video -q:v 3", sound="-c:a mp2"),
        replace(PLAIN, name="late.mkv", more="-output_ts_offset 10", rate="30000/1001"),
        replace(
            PLAIN, name="slides.mp4", film=f"{X264} -vf select='not(mod(n\\,50))' -fps_mode vfr"
        ),
        replace(PLAIN, name="sound-late.mp4", sound_input="-itsoffset 2"),
    )
    inputs = made / "inputs"
    inputs.mkdir()
    (made / "voice-0.wav").rename(inputs / "voice-0.wav")
    for clip in (PLAIN, *others):
        make_one(clip, inputs, made)
    moving = "testsrc2=s=192x108:r=25:d=5", "sine=frequency=500:duration=5"
    sources = [part for source in moving for part in ("-f", "lavfi", "-i", source)]
    ffmpeg(*sources, *ENCODED, made / WITHOUT_NUMBERS)
    return made


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg, which must succeed."""
    subprocess.run([get_ffmpeg_exe(), "-nostdin", "-y", "-v", "error", *arguments], check=True)


@dataclass(frozen=True)
class Cut:
    """How a result is made: what is cut, and what is done to its pictures, sound and file."""

    start: float = START
    end: float = END
    picture: str = "null"
    sound: str = "anull"
    sound_start: float = 0.0
    """How much later than the pictures the sound is cut."""
    sound_end: float = 0.0
    options: tuple[str, ...] = ("-fps_mode", "vfr")


def cut(folder: Path, cut: Cut, name: str = PLAIN.name, before: str = "") -> Report:
    """Make the result, and check it as the cut from `START` to `END`."""
    start, end = cut.start, cut.end
    heard = start + cut.sound_start, end + cut.sound_end
    graph = (
        f"[0:v]{before}trim={start}:{end},setpts=PTS-STARTPTS,{cut.picture}[v];"
        f"[0:a]atrim={heard[0]}:{heard[1]},asetpts=PTS-STARTPTS,{cut.sound}[a]"
    )
    result = folder / "result.mp4"
    parts = ("-map", "[v]", "-map", "[a]")
    ffmpeg("-i", folder / name, "-filter_complex", graph, *parts, *ENCODED, *cut.options, result)
    return check(folder / name, result, [(START, END)])


def sentences(report: Report) -> str:
    """All that is wrong."""
    return "\n".join(map(str, report.violations))


def test_a_right_cut_holds(folder: Path) -> None:
    report = cut(folder, Cut())
    assert sentences(report) == ""
    assert report.segments == [(START, END)]
    assert report.figures["pictures"] == 50
    assert report.figures["seconds of the result"] == 2
    assert report.figures["packets of the film copied, %"] == 0


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Cut(picture="select='not(eq(n,20))'"), "picture 58 is missing at 0.8000 s"),
        (
            Cut(picture="select='not(eq(n,20))'", options=("-fps_mode", "cfr")),
            "picture 59 is shown a second time at 0.8000 s, where it does not belong",
        ),
        (Cut(picture="shuffleframes=0 1 3 2 4"), "where it does not belong"),
        (
            Cut(
                picture="settb=1/1000,setpts='PTS+gte(N,20)*10'",
                options=("-enc_time_base", "1/1000", "-fps_mode", "vfr"),
            ),
            "the picture of 0.8000 s is shown at 0.8100 s",
        ),
        (Cut(sound="adelay=30:all=1,atrim=end=2"), "is 30.0 ms too late"),
        (Cut(sound_start=0.03, sound_end=0.03), "is 30.0 ms too early"),
        (Cut(start=START + 0.04, end=END + 0.04), "picture 38 is missing at 0.0000 s"),
        (Cut(start=START - 0.04), "picture 37 is shown at 0.0000 s, where it does not belong"),
        (
            Cut(options=tuple(shlex.split(LAST_ONE_SHORT))),
            "the last picture ends 20.0 ms before the cut's end at 2.0000 s",
        ),
        (Cut(sound_end=0.05), "sound track 1 ends at 2.0500 s, not 2.0000 s"),
        (Cut(sound_end=-0.05), "sound track 1 ends at 1.9500 s, not 2.0000 s"),
        (Cut(end=END + 0.05), "picture 88 is shown at 2.0000 s, where it does not belong"),
        (Cut(sound="volume=0:enable='between(t,0.5,1)'"), "is silent at 0.5"),
        (Cut(sound="volume=9"), "is clipped in"),
        (Cut(sound="aeval=0.3*sin(2600*t):c=same"), "is not the source's"),
    ],
)
def test_a_fault_is_found(folder: Path, fault: Cut, sentence: str) -> None:
    assert sentence in sentences(cut(folder, fault))


def test_without_numbers_pictures_are_told_by_their_looks(folder: Path) -> None:
    assert sentences(cut(folder, Cut(), WITHOUT_NUMBERS)) == ""
    one_late = cut(folder, Cut(start=START + 0.04, end=END + 0.04), WITHOUT_NUMBERS)
    assert "rather the one 1 later" in sentences(one_late)
    lost = cut(folder, Cut(picture="select='not(eq(n,20))'"), WITHOUT_NUMBERS)
    assert "49 pictures are shown where 50 belong" in sentences(lost)
    assert "no picture is shown at 0.8000 s" in sentences(lost)


@pytest.mark.parametrize(("asked", "actual"), [(1.53, 1.52), (1.54, 1.52), (1.541, 1.56)])
def test_bounds_snap_to_pictures_and_a_tie_to_the_earlier(
    folder: Path, asked: float, actual: float
) -> None:
    result = folder / PLAIN.name
    assert check(result, result, [(asked, 5.3)]).segments == [(actual, 5.0)]


def test_joins_of_several_segments(folder: Path) -> None:
    spans = [(3.2, 4.0), (0.4, 1.2), (4.4, 5.0)]
    graph = "".join(
        f"[0:v]trim={a}:{b},setpts=PTS-STARTPTS[v{a}];[0:a]atrim={a}:{b},asetpts=PTS-STARTPTS[a{a}];"
        for a, b in spans
    )
    joined = "".join(f"[v{a}][a{a}]" for a, _ in spans)
    graph += f"{joined}concat=n=3:a=1[v][a]"
    result = folder / "joined.mp4"
    parts = ("-map", "[v]", "-map", "[a]", *ENCODED)
    ffmpeg("-i", folder / PLAIN.name, "-filter_complex", graph, *parts, result)
    assert sentences(check(folder / PLAIN.name, result, spans)) == ""
    swapped = check(folder / PLAIN.name, result, [spans[1], spans[0], spans[2]])
    assert "where it does not belong" in sentences(swapped)


def test_copied_packets_are_told_whatever_frames_them(folder: Path) -> None:
    result = folder / "copied.ts"
    ffmpeg("-i", folder / PLAIN.name, "-c", "copy", result)
    report = check(folder / PLAIN.name, result, [(0, 5)])
    assert report.figures["packets of the film copied, %"] == 100


def test_slides_stay_on_screen(folder: Path) -> None:
    held = Cut(
        picture="select='eq(n,0)+eq(n,12)'",
        options=("-fps_mode", "vfr", "-bsf:v", "setts=duration=if(eq(N\\,1)\\,1.52/TB\\,DURATION)"),
    )
    assert sentences(cut(folder, held, "slides.mp4", before="fps=25,")) == ""
    assert "picture 0 is missing at 0.0000 s" in sentences(cut(folder, Cut(), "slides.mp4"))


def test_clocks_that_do_not_begin_at_zero(folder: Path) -> None:
    late = folder / "late.mkv"
    report = check(late, late, [(0, 9)])
    assert report.segments[0] == pytest.approx((0, 5), abs=0.05)
    assert sentences(report) == ""


def test_sound_that_begins_in_the_cut(folder: Path) -> None:
    assert sentences(cut(folder, Cut(sound="adelay=22016S:all=1"), "sound-late.mp4")) == ""
    wrong = cut(folder, Cut(sound="adelay=21056S:all=1"), "sound-late.mp4")
    assert "is 20.0 ms too early" in sentences(wrong)


def test_a_track_that_is_left_out(folder: Path) -> None:
    result = folder / "without-sound.mp4"
    ffmpeg("-i", folder / PLAIN.name, "-c", "copy", "-an", result)
    report = check(folder / PLAIN.name, result, [(0, 5)])
    assert sentences(report) == "rule 4: 0 sound tracks where 1 of the source can be heard"


def test_a_result_that_cannot_be_read(folder: Path) -> None:
    result = folder / "broken.mp4"
    result.write_bytes((folder / PLAIN.name).read_bytes()[:2000])
    assert "the result cannot be read" in sentences(check(folder / PLAIN.name, result, [(0, 5)]))

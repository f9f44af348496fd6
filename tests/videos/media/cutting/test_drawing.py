"""Text on pictures: at its time, in its place, and only where it is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cuts.films import read
from tests.videos.media.cutting.exports import SPEC, Cut, cut
from videos.media.cutting.planner import CAPTIONS, Encoded
from videos.media.ffmpeg.command import ffmpeg_path

Make = Callable[[str], Path]
CUES = ((2_300_000, 3_100_000), (5_000_000, 5_600_000))
WIDTH, HEIGHT = 192, 108
# A white box, 100 x 40, instead of words: no font can be missing.
ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment, MarginL, MarginR, MarginV
Style: Default,Arial,16,&H00ffffff,7,0,0,0
[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:02.30,0:00:03.10,Default,{{\\p1\\bord0\\shad0\\pos(4,60)}}m 0 0 l 100 0 100 40 0 40
Dialogue: 0,0:00:05.00,0:00:05.60,Default,{{\\p1\\bord0\\shad0\\pos(4,60)}}m 0 0 l 100 0 100 40 0 40
"""


def burned(source: Path, folder: Path, *spans: tuple[float, float], clockwise: int = 0) -> Cut:
    width, height = (HEIGHT, WIDTH) if clockwise % 180 else (WIDTH, HEIGHT)
    (folder / "box.ass").write_text(ASS.format(width=width, height=height), encoding="utf-8")
    (folder / "fonts").mkdir(exist_ok=True)
    spec = replace(SPEC, drawn="box.ass", fonts="fonts", cues=CUES, clockwise=clockwise)
    return cut(source, folder, *spans, spec=spec)


def with_box(path: Path, width: int = WIDTH, height: int = HEIGHT) -> list[bool]:
    """Whether each picture, as it is shown, is white where the box belongs."""
    command = [ffmpeg_path(), "-nostdin", "-v", "error", "-i", str(path)]
    command += ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray"]
    raw = subprocess.run([*command, "-"], capture_output=True, check=True).stdout
    size = width * height
    found = []
    for at in range(0, len(raw), size):
        inside = [raw[at + y * width + x] for y in range(65, 95, 3) for x in range(10, 98, 4)]
        found.append(sum(inside) / len(inside) > 215)
    return found


def right_for(made: Cut) -> list[bool]:
    """Whether a cue is on screen, for each picture that the source shows in the cut."""
    times = [float(picture.time) for picture in read(made.source).pictures]
    return [
        any(a / 1e6 - 1e-4 <= time < b / 1e6 - 1e-4 for a, b in CUES)
        for start, end in made.actual
        for time in times
        if start - 1e-4 <= time < end - 1e-4
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "b-frames.mp4",
        "open-gop-hevc.mp4",
        "hevc-10-bit.mp4",
        "b-frames.ts",
        "clock-at-10s.mkv",
        "vfr.mp4",
        "vp9-opus.webm",
        "edit-list.mp4",
    ],
)
@pytest.mark.parametrize(
    "spans", [[(0, 11)], [(2.52, 9.2)], [(4.4, 7.6), (1.2, 2.8)]], ids=["whole", "cut", "two"]
)
def test_text_is_on_the_pictures_of_its_time_and_no_others(
    clip: Make, tmp_path: Path, name: str, spans: list[tuple[float, float]]
) -> None:
    made = burned(clip(name), tmp_path, *spans)
    assert with_box(made.path) == right_for(made)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["b-frames.mp4", "open-gop-hevc.mp4", "b-frames.ts"])
def test_what_has_no_text_is_copied(clip: Make, tmp_path: Path, name: str) -> None:
    made = burned(clip(name), tmp_path)
    plan = made.plan.films[0].plan
    encoded = sum(len(piece.pictures) for piece in plan.pieces if isinstance(piece, Encoded))
    assert encoded < 0.5 * len(plan.times)
    assert CAPTIONS in {piece.why for piece in plan.encoded}
    assert made.times == [round(float(p.time), 4) for p in read(made.source).pictures]


@pytest.mark.slow
@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_text_is_upright_on_a_turned_film(clip: Make, tmp_path: Path, clockwise: int) -> None:
    turned = tmp_path / "turned.mp4"
    counter = {90: "-90", 180: "180", 270: "90"}[clockwise]
    command = [ffmpeg_path(), "-nostdin", "-v", "error", "-display_rotation", counter]
    command += ["-i", str(clip("b-frames.mp4")), "-c", "copy", str(turned)]
    subprocess.run(command, check=True)
    made = burned(turned, tmp_path, (2, 6), clockwise=clockwise)
    size = (HEIGHT, WIDTH) if clockwise % 180 else (WIDTH, HEIGHT)
    assert with_box(made.path, *size) == right_for(made)

"""Storyboard: small pictures of keyframes, each with the time for which it stands."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests import factories, media
from tests.videos.operations.running import run
from videos.core.enums import Role
from videos.media.jobs import picture
from videos.media.jobs.storyboard import HIGHEST
from videos.media.verify import check
from videos.operations.base import Plan, Source
from videos.operations.outputs import SPRITE, STORYBOARD
from videos.operations.storyboard import MAX_TILES, OPERATION

CUE = re.compile(
    r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})\n"
    r"storyboard\.jpg#xywh=(\d+),(\d+),(\d+),(\d+)\n"
)


def of(path: Path) -> Source:
    found = media.probed(path)
    return Source("1", path.name, path, found)


def cues(plan: Plan) -> list[tuple[float, float, list[int]]]:
    """Start and end in seconds, and the part of the picture."""
    text = plan.artifacts[0].path.read_text()
    assert text.startswith("WEBVTT\n\n")
    return [
        (
            int(cue[0]) * 3600 + int(cue[1]) * 60 + float(cue[2]),
            int(cue[3]) * 3600 + int(cue[4]) * 60 + float(cue[5]),
            [int(number) for number in cue[6:]],
        )
        for cue in CUE.findall(text)
    ]


def test_each_keyframe_has_its_tile_and_its_time(tmp_path: Path) -> None:
    plan = run(OPERATION, [of(media.numbered())], {}, tmp_path)
    board, sprite = plan.artifacts
    found = picture.probe_picture(sprite.path)
    assert sprite.expected is not None
    check(found, sprite.expected)
    assert (found.width, found.height) == (4 * 64, 48)
    assert cues(plan) == [(n, n + 1, [64 * n, 0, 64, 48]) for n in range(4)]
    kinds = [(each.kind, each.media_type) for each in (board, sprite)]
    assert kinds == [(STORYBOARD, "text/vtt"), (SPRITE, "image/jpeg")]


def test_a_tile_shows_the_frame_of_its_time(tmp_path: Path) -> None:
    plan = run(OPERATION, [of(media.numbered())], {}, tmp_path)
    with av.open(str(plan.artifacts[1].path)) as container:
        (frame,) = container.decode(video=0)
    gray = frame.reformat(format="gray")
    plane = gray.planes[0]
    row = bytes(plane)[24 * plane.line_size :]
    for second in range(4):
        tile = row[second * 64 : second * 64 + 64]
        width = media.BIT_WIDTH
        lit = [tile[bit * width + width // 2] > 116 for bit in range(media.BITS)]
        assert sum(on << bit for bit, on in enumerate(lit)) == 25 * second


@pytest.mark.parametrize(
    "clip", [media.silent, media.uneven, media.odd_sized, media.vp9, media.hevc, media.joins_late]
)
def test_any_film_has_one(clip: object, tmp_path: Path) -> None:
    assert callable(clip)
    source = of(clip())
    plan = run(OPERATION, [source], {}, tmp_path)
    found = cues(plan)
    assert found[0][0] == 0
    assert found[-1][1] == pytest.approx(source.seconds, abs=0.002)
    assert all(one[1] == other[0] for one, other in pairwise(found))


def test_a_wide_film_has_small_tiles_in_rows_of_ten(tmp_path: Path) -> None:
    path = tmp_path / "wide.mp4"
    drawn = "testsrc2=size=1280x720:rate=10:duration=12"
    media.ffmpeg("-f", "lavfi", "-i", drawn, *media.X264, "-g", "10", path)
    plan = run(OPERATION, [of(path)], {}, tmp_path)
    found = cues(plan)
    width, height = found[0][2][2:]
    assert (width, height) == (160, 90)
    assert [part[:2] for _start, _end, part in found[9:11]] == [[1440, 0], [0, 90]]
    assert picture.probe_picture(plan.artifacts[1].path).width == 1600


def test_a_very_tall_film_has_narrow_tiles(tmp_path: Path) -> None:
    tall = tmp_path / "tall.mp4"
    drawn = "testsrc2=size=16x1600:rate=25:duration=1"
    media.ffmpeg("-f", "lavfi", "-i", drawn, *media.X264, tall)
    plan = run(OPERATION, [of(tall)], {}, tmp_path)
    assert max(part[3] for _start, _end, part in cues(plan)) <= HIGHEST


def test_a_rotated_film_is_upright(tmp_path: Path) -> None:
    path = tmp_path / "turned.mp4"
    media.ffmpeg("-display_rotation:v:0", "90", "-i", media.numbered(), "-c", "copy", path)
    plan = run(OPERATION, [of(path)], {}, tmp_path)
    assert cues(plan)[0][2][2:] == [48, 64]


def test_a_long_film_has_a_hundred_tiles_at_most(tmp_path: Path) -> None:
    keyframes = tuple((second * factories.SECOND, second) for second in range(7200))
    source = factories.source(duration_us=7200 * factories.SECOND, keyframes=keyframes)
    (step,) = OPERATION.build([source], {}, tmp_path).steps
    assert step.expected_frames == MAX_TILES
    assert [int(word) for word in step.argv[-100:]][:3] == [0, 72_000_000, 144_000_000]


def test_a_film_that_cannot_be_decoded_says_so(tmp_path: Path) -> None:
    path = tmp_path / "noise.mp4"
    whole = bytearray(media.numbered().read_bytes())
    at = whole.index(b"mdat") + 4
    whole[at:] = bytes(len(whole) - at)
    path.write_bytes(whole)
    source = Source("1", "noise.mp4", path, media.probed(media.numbered()))
    with pytest.raises(AssertionError, match="bad_media"):
        run(OPERATION, [source], {}, tmp_path)


def test_it_comes_by_itself_where_there_are_keyframes() -> None:
    assert OPERATION.role is Role.ARRIVAL
    assert OPERATION.applies(factories.source())
    assert not OPERATION.applies(factories.source(keyframes=()))

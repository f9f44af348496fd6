"""How a film is turned for showing, written into a result's header."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.sidedata.sidedata import SideData

from tests.videos.media.cutting.exports import FILMS
from videos.media.cutting import orientation
from videos.media.cutting.orientation import UPRIGHT, matrix_of, turn

Make = Callable[[str], Path]
ONE = 0x10000
MIRROR = (-ONE, 0, 0, 0, ONE, 0, 0, 0, 0x40000000)
QUARTER = (0, ONE, 0, -ONE, 0, 0, 0, 0, 0x40000000)


def matrix_in(path: Path) -> tuple[int, ...]:
    with av.open(str(path)) as container:
        return matrix_of(next(container.decode(video=0)))


@pytest.mark.parametrize("matrix", [MIRROR, QUARTER])
@pytest.mark.parametrize("name", ["b-frames.mp4", "fragmented.mp4", "two-sound-tracks.mp4"])
def test_what_is_written_is_what_a_picture_carries(
    clip: Make, tmp_path: Path, name: str, matrix: tuple[int, ...]
) -> None:
    path = tmp_path / "turned.mp4"
    shutil.copy(clip(name), path)
    turn(path, {0: matrix})
    assert matrix_in(path) == matrix


def test_nothing_else_of_the_file_changes(clip: Make, tmp_path: Path) -> None:
    path = tmp_path / "turned.mp4"
    own = clip("b-frames.mp4").read_bytes()
    path.write_bytes(own)
    turn(path, {0: MIRROR})
    changed = [at for at, (a, b) in enumerate(zip(own, path.read_bytes(), strict=True)) if a != b]
    assert changed[-1] - changed[0] < orientation.STORED.size
    turn(path, {0: UPRIGHT})
    assert path.read_bytes() == own


def test_what_is_upright_is_left_alone(clip: Make, tmp_path: Path) -> None:
    path = tmp_path / "upright.mp4"
    own = clip("b-frames.mp4").read_bytes()
    path.write_bytes(own)
    turn(path, {0: ()})
    assert path.read_bytes() == own
    assert matrix_in(path) == ()


def test_a_mirrored_film_says_so() -> None:
    assert matrix_in(FILMS / "mirrored.mp4")[:5] == MIRROR[:5]
    with av.open(str(FILMS / "mirrored.mp4")) as container:
        frame = next(container.decode(video=0))
    assert isinstance(frame.side_data.get("DISPLAYMATRIX"), SideData)

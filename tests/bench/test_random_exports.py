"""Random exports are the same for the same seed, and hold what they promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cuts.clips import X264, Clip, make_one
from bench.cuts.films import read
from bench.cuts.random_exports import MOST_SEGMENTS, SHORTEST, Export, clips_in, random_exports


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips."""
    made = tmp_path_factory.mktemp("clips")
    for name in ("one.mp4", "two.ts"):
        make_one(Clip(name, f"{X264} -bf 2", sound="", seconds=4), made, made)
    return made


def texts(exports: list[Export]) -> list[str]:
    """Each as it is printed."""
    return [str(export) for export in exports]


def test_a_seed_gives_the_same_exports(folder: Path) -> None:
    clips = clips_in(folder)
    first = random_exports(clips, 20, seed=7)
    assert texts(random_exports(clips, 20, seed=7)) == texts(first)
    assert texts(random_exports(clips, 20, seed=8)) != texts(first)
    assert {export.clip.name for export in first} == {"one.mp4", "two.ts"}


def test_segments_lie_in_the_clip(folder: Path) -> None:
    exports = random_exports(clips_in(folder), 60, seed=1)
    ends = {clip: float(read(clip).end) for clip in clips_in(folder)}
    bounds = [(ends[e.clip], start, end) for e in exports for start, end in e.segments]
    assert all(0 <= start <= end - SHORTEST and end <= last for last, start, end in bounds)
    assert any(end == round(last, 6) for last, _start, end in bounds)
    assert {len(export.segments) for export in exports} == set(range(1, MOST_SEGMENTS + 1))

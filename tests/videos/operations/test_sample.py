"""Sample: a clip out of nothing, with a frame counter to check edits by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.videos.operations.running import checked, run
from videos.core.enums import Role
from videos.operations.outputs import VideoPart
from videos.operations.sample import OPERATION


@pytest.mark.slow
def test_it_is_thirty_seconds_long_with_sound_and_a_keyframe_every_two(tmp_path: Path) -> None:
    plan = run(OPERATION, [], {}, tmp_path)
    found = checked(plan)
    assert (found.width, found.height) == (1280, 720)
    assert found.video is not None
    assert found.video.frames == 900
    assert [time_us for time_us, _ in found.keyframes] == [n * 2_000_000 for n in range(15)]


def test_it_becomes_the_source_of_a_new_video(tmp_path: Path) -> None:
    plan = OPERATION.build([], {}, tmp_path)
    assert OPERATION.role is Role.ORIGIN
    assert OPERATION.sources == 0
    assert [artifact.kind for artifact in plan.artifacts] == [VideoPart.SOURCE]


def test_its_progress_is_known_from_its_length(tmp_path: Path) -> None:
    (step,) = OPERATION.build([], {}, tmp_path).steps
    assert step.expected_us == 30_000_000

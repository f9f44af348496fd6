"""Poster: one picture from a tenth of the way in."""

from __future__ import annotations

from pathlib import Path

from tests import factories, media
from tests.videos.operations.running import run
from videos.core.enums import Role
from videos.media.jobs import picture
from videos.media.verify import check
from videos.operations.outputs import POSTER
from videos.operations.poster import OPERATION


def test_it_is_a_picture_that_passes_its_check(tmp_path: Path) -> None:
    source = factories.source(media.numbered())
    (artifact,) = run(OPERATION, [source], {}, tmp_path).artifacts
    found = picture.probe_picture(artifact.path)
    assert artifact.expected is not None
    check(found, artifact.expected)
    assert (found.width, found.height) == (64, 48)
    assert (artifact.kind, artifact.media_type) == (POSTER, "image/jpeg")


def test_it_is_taken_a_tenth_of_the_way_in(tmp_path: Path) -> None:
    (step,) = OPERATION.build([factories.source(duration_us=50_000_000)], {}, tmp_path).steps
    assert float(step.argv[step.argv.index("--at") + 1]) == 5


def test_it_comes_by_itself_and_hurts_nobody_when_it_fails() -> None:
    assert OPERATION.role is Role.ARRIVAL

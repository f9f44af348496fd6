"""What one child may use follows from what it is expected to cost."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from tests import factories
from videos.core.enums import StepCode
from videos.media.ffmpeg.errors import NoRoom
from videos.operations.base import Plan, Step
from videos.storage.cache import Cache
from videos.storage.s3 import S3Store
from videos.worker import sandbox_limits

GIB, MIB = 1024**3, 1024**2


def step(
    code: StepCode = StepCode.ENCODING, weight: float = 1, expected_us: int | None = None
) -> Step:
    return Step(("true",), code, weight, expected_us)


def test_a_long_step_may_take_long_and_a_short_one_ten_minutes() -> None:
    assert sandbox_limits.of(step(weight=100), 0).wall_seconds == 5000
    assert sandbox_limits.of(step(weight=0.1), 0).wall_seconds == 600


def test_a_large_source_may_be_read_slowly() -> None:
    assert sandbox_limits.of(step(weight=0.5), 80 * 1000**3).wall_seconds == 8000


def test_processor_time_is_that_of_all_its_cores(settings: Settings) -> None:
    settings.VREWCRAFT_FFMPEG_CORES = 3
    limits = sandbox_limits.of(step(), 0)
    assert (limits.cores, limits.cpu_seconds) == (3, 1800)


def test_encodes_step_back_behind_everything_else() -> None:
    assert sandbox_limits.of(step(), 0).nice == 15
    assert sandbox_limits.of(step(StepCode.COPYING), 0).nice == 10


@pytest.mark.parametrize(
    ("sources", "most"), [(0, 2 * GIB), (GIB, 10 * GIB), (100 * GIB, 64 * GIB)]
)
def test_files_may_grow_to_ten_times_their_sources_within_bounds(sources: int, most: int) -> None:
    assert sandbox_limits.of(step(), sources).file_bytes == most


class TestRoom:
    """Nothing begins for which the disk has no room."""

    @pytest.fixture(autouse=True)
    def disk(self, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
        settings.VREWCRAFT_DISK_FLOOR_BYTES = 100 * MIB
        usage = SimpleNamespace(free=150 * MIB)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    def check(self, megabytes: int, seconds: int) -> None:
        source = factories.source(bytes=megabytes * MIB)
        plan = Plan((step(expected_us=seconds * 1_000_000),), ())
        sandbox_limits.check_room(Path(), [source], plan)

    def test_a_result_that_fits_beside_the_floor_may_begin(self) -> None:
        self.check(40, 4)

    def test_a_part_of_a_large_source_needs_a_part_of_its_room(self) -> None:
        self.check(160, 1)

    def test_what_does_not_fit_says_how_much_is_missing(self) -> None:
        with pytest.raises(NoRoom) as caught:
            self.check(80, 4)
        assert caught.value.args == {"free": 150, "needed": 180}

    @pytest.mark.s3
    @pytest.mark.slow
    def test_copies_of_sources_that_nobody_uses_make_way(
        self, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        monkeypatch.setattr(Cache, "spare", lambda _cache, size: asked.append(size))
        self.check(40, 4)
        assert asked == [140 * MIB]

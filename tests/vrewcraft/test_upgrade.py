"""Databases of earlier releases migrate to this one and keep all that they held."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

ROOT = Path(__file__).resolve().parents[2]
RELEASES = sorted((ROOT / "tests" / "data").glob("library-*.sql"))
STATUSES = ["pending", "processing", "complete", "error", "cancelled"]


def manage(data_dir: Path, *words: str) -> str:
    """Run a management command on the library in `data_dir`."""
    settings = ("DATABASE_URL", "REDIS_URL", "VREWCRAFT_MODE", "DJANGO_SETTINGS_MODULE")
    env = {key: value for key, value in os.environ.items() if key not in settings}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env={**env, "VREWCRAFT_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_a_library_of_an_earlier_release_migrates_and_keeps_everything(
    release: Path, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        database.executescript(release.read_text())

    manage(tmp_path, "migrate", "--verbosity=0")
    manage(tmp_path, "migrate", "--check")

    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        tasks = dict(database.execute("select id, status from videos_task").fetchall())
        names = {name for (name,) in database.execute("select name from videos_video")}
        outputs = database.execute("select name, bytes from videos_output").fetchall()
    assert tasks == {UUID(int=11 + n).hex: status for n, status in enumerate(STATUSES)}
    assert names == {"강의 1.mp4", "noise.mp4", "sample.mp4"}
    assert outputs == [("강의 1_trimmed.mp4", 500)]


def test_there_is_a_library_of_the_first_release() -> None:
    assert RELEASES

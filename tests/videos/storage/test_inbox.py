"""The folder where files arrive: what a killed server left in it goes, in time."""

from __future__ import annotations

import os
import time
from pathlib import Path

from videos.storage import inbox


def test_what_a_killed_process_left_is_removed_later(data_dir: Path) -> None:
    folder = inbox.folder()
    old, young, other = (folder / name for name in ("old.part", "young.part", "old.txt"))
    for path in (old, young, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (0, time.time() - 7200))
    assert inbox.remove_abandoned(older_than_seconds=3600) == 1
    assert sorted(folder.iterdir()) == [other, young]

"""Writes tests/data/library-VERSION.sql: a database as this version leaves it.

`python scripts/database_fixture.py VERSION`. Done once for a release; every later version must be
able to migrate what it holds (tests/vrewcraft/test_upgrade.py).
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Make a library in a temporary folder and dump it as SQL."""
    target = ROOT / "tests" / "data" / f"library-{sys.argv[1]}.sql"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VREWCRAFT_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "vrewcraft.settings"
        sys.path.insert(0, str(ROOT))
        fill()
        with sqlite3.connect(Path(folder) / "db.sqlite3") as database:
            lines = [line for line in database.iterdump() if "sqlite_sequence" not in line]
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(lines) + "\n")


BY_STATUS: dict[str, dict[str, Any]] = {
    "pending": {"claimable": True},
    "processing": {"worker": "host/1/1", "attempt": 1, "fraction": 0.5},
    "complete": {"attempt": 1, "fraction": 1},
    "error": {"attempt": 1, "error_code": "bad_media"},
    "cancelled": {},
}


def fill() -> None:
    """One video in each state, and one task in each status with its attempt and output."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from videos.media.probe.model import Kind, Probe, StreamInfo
    from videos.models import Output, Upload, Video
    from vrewcraft.accounts.models import Token, User

    call_command("migrate", verbosity=0)
    owner = User.objects.local_owner()
    Token.objects.issue(owner, "local", "a-token-of-the-fixture")
    now = timezone.now()
    picture = StreamInfo(0, Kind.VIDEO, "h264", width=320, height=180, fps_num=30, frames=300)
    ready = Video(
        id=UUID(int=1), owner=owner, name="강의 1.mp4", source_key="sources/1/0/source.mp4"
    )
    ready.save()
    ready.become_ready(
        Probe(
            bytes=1000,
            container="mp4",
            duration_us=10_000_000,
            width=320,
            height=180,
            streams=(picture,),
            keyframes=((0, 48), (2_000_000, 512)),
        )
    )
    broken = Video(
        id=UUID(int=2), owner=owner, name="noise.mp4", source_key="sources/2/0/source.mp4"
    )
    broken.save()
    broken.become_broken("not_a_video", {})
    Video.objects.create(id=UUID(int=3), owner=owner, name="sample.mp4")
    Upload.objects.create(
        video=ready, method="multipart", length=1000, received=1000, finished_at=now
    )
    for number, (status, values) in enumerate(BY_STATUS.items(), 1):
        times: dict[str, Any] = {}
        if status == "processing":
            times["lease_until"] = now
        elif status != "pending":
            times["finished_at"] = now
        add_task(ready, number, status, values | times)
    Output.objects.create(
        id=UUID(int=20),
        task_id=UUID(int=13),
        video=ready,
        kind="rendition",
        name="강의 1_trimmed.mp4",
        key="outputs/13/1/trimmed.mp4",
        media_type="video/mp4",
        bytes=500,
        duration_us=1_000_000,
    )


def add_task(video: Any, number: int, status: str, values: dict[str, Any]) -> None:
    """A trim of `video` in that status, with its source and its attempt."""
    from videos.models import Attempt, Task, TaskSource

    task = Task.objects.create(
        id=UUID(int=10 + number),
        owner_id=video.owner_id,
        video=video,
        operation="trim",
        name="Trim 00:01-00:02",
        detail="00:01-00:02",
        params={"startTime": 1.0, "endTime": 2.0, "mode": "fast"},
        status=status,
        idempotency_key=f"key-{number}",
        seq=number,
        **values,
    )
    TaskSource.objects.create(task=task, video=video, position=0)
    if task.attempt:
        Attempt.objects.create(task=task, number=1, worker="host/1/1", commands=[["ffmpeg"]])


if __name__ == "__main__":
    main()

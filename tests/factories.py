"""Rows for tests: people, videos, tasks, claims; what a test does not name is filled in."""

from __future__ import annotations

import shutil
from array import array
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db.models.functions import Now

from videos.media.cutting.index import FilmIndex, Index, TrackSpan
from videos.media.probe.model import Kind, Probe, StreamInfo
from videos.models import Output, Task, Video, WorkerBeat
from videos.models.task_queue import Claim
from videos.operations.base import Source
from videos.operations.outputs import RENDITION
from videos.storage import inbox, keys, publishing
from vrewcraft.accounts.models import User

WORKER = "here/1/1"
LEASE_SECONDS = 20.0
SECOND = 1_000_000


def person(name: str = "ann", **values: Any) -> User:
    """Somebody with an account."""
    return User.objects.create_user(name, **values)


def probe(**values: Any) -> Probe:
    """Four seconds of H.264 and AAC, 25 frames/s, a keyframe each second."""
    picture = StreamInfo(
        index=0,
        kind=Kind.VIDEO,
        codec="h264",
        width=64,
        height=48,
        fps_num=25,
        frames=100,
        duration_us=4 * SECOND,
    )
    sound = StreamInfo(index=1, kind=Kind.AUDIO, codec="aac", frames=188, duration_us=4 * SECOND)
    usual: dict[str, Any] = {
        "bytes": 40_000,
        "container": "mp4",
        "duration_us": 4 * SECOND,
        "width": 64,
        "height": 48,
        "streams": (picture, sound),
        "keyframes": tuple((second * SECOND, second * 10_000) for second in range(4)),
    }
    return Probe(**{**usual, **values})


def source(path: Path = Path("/nowhere/in.mp4"), *, name: str = "in.mp4", **values: Any) -> Source:
    """A video as operations see it."""
    return Source(str(uuid4()), name, path, probe(**values), read_index=index().to_bytes)


def index() -> Index:
    """Of those four seconds."""
    film = FilmIndex(
        stream=0,
        codec="h264",
        tick=Fraction(1, 12_800),
        times=array("q", range(0, 51_200, 512)),
        sizes=array("q", [300] * 100),
        positions=array("q", range(0, 40_000, 400)),
        keyframes=array("q", (0, 25, 50, 75)),
        entries=array("q", (0, 25, 50, 75)),
    )
    spans = [
        TrackSpan(0, "video", 0, 4 * SECOND, "h264"),
        TrackSpan(1, "audio", 0, 4 * SECOND, "aac"),
    ]
    return Index((film,), tuple(spans), 0, 4 * SECOND)


def arriving(owner: User, name: str = "clip.mp4") -> Video:
    """A video whose source has not been probed."""
    return Video.objects.create(owner=owner, name=name, source_key="sources/none.mp4", bytes=1)


def ready(owner: User, name: str = "clip.mp4", *, found: Probe | None = None) -> Video:
    """A probed video whose file is not there."""
    video = arriving(owner, name)
    video.become_ready(found or probe(), b"" if found else index().to_bytes())
    return video


def stored(
    owner: User, path: Path, found: Probe, name: str = "clip.mp4", *, indexed: bytes = b""
) -> Video:
    """A probed video with its file in the library."""
    video = Video(owner=owner, name=name, bytes=path.stat().st_size, media_type="video/mp4")
    video.source_key = keys.source_key(video.pk, path.suffix)
    video.save()
    copy = inbox.folder() / f"{video.pk}.part"
    shutil.copyfile(path, copy)
    publishing.publish(copy, video.source_key)
    video.become_ready(found, indexed)
    return video


def task(video: Video, **values: Any) -> Task:
    """A pending trim that a worker may take."""
    usual: dict[str, Any] = {
        "operation": "trim",
        "name": "Trim 00:01-00:02",
        "params": {"startTime": 1.0, "endTime": 2.0, "mode": "fast"},
        "claimable": True,
        "work_class": "copy",
        "seq": 1,
    }
    made = Task.objects.create(owner_id=video.owner_id, video=video, **{**usual, **values})
    made.source_links.create(video=video, position=0)
    return made


def claim(wanted: Task, worker: str = WORKER, lease_seconds: float = LEASE_SECONDS) -> Claim:
    """A worker's claim on a pending task."""
    taken = Task.objects.filter(pk=wanted.pk).claim_next(worker, wanted.work_class, lease_seconds)
    assert taken is not None, "the task cannot be claimed"
    return taken


def output(made_by: Task, **values: Any) -> Output:
    """An output that has not been saved."""
    usual: dict[str, Any] = {
        "kind": RENDITION,
        "name": "clip_trimmed.mp4",
        "key": f"outputs/{uuid4()}.mp4",
        "media_type": "video/mp4",
        "bytes": 10,
    }
    values = {**usual, **values}
    values["kind"] = values["kind"].slug
    return Output(task=made_by, video_id=made_by.video_id, **values)


def worker_beat(name: str = WORKER, *, seconds_ago: float = 0) -> WorkerBeat:
    """A worker that was last heard of so long ago."""
    host, pid, _ = name.split("/")
    worker = WorkerBeat(name=name, host=host, pid=pid, slots={"cpu": 1}, version="0.1.0")
    worker.beat()
    beat_at = Now() - timedelta(seconds=seconds_ago)
    WorkerBeat.objects.filter(name=name).update(beat_at=beat_at)
    return WorkerBeat.objects.get(name=name)

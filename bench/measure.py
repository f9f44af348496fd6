"""One upload or one trim on a running server, with everything that was heard of it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.clips import Clip
from bench.results import Decoded, decode, difference, first_frame
from tests.servers.app import RunningServer
from tests.servers.live import Heard, Listener, Program

JOB_SECONDS = 300
# Two encodes of one picture differ by a few levels; another second of the clip by far more.
SAME_PICTURE_LEVELS = 6.0


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Wall seconds until the answer and until the video can be edited."""

    video_id: str
    answered: float
    ready: float


@dataclass(frozen=True, slots=True)
class Trimmed:
    """One trim: seconds, what the socket said, what the file holds."""

    clip: str
    mode: str
    wall: float
    percents: tuple[float, ...]
    post_to_first: float
    claim_to_first: float
    hundred_before_complete: bool
    completes: int
    decoded: Decoded
    expected_frames: int
    expected_seconds: float
    begins_where_said: bool

    @property
    def monotone(self) -> bool:
        """Whether the percent never fell."""
        return all(a <= b for a, b in zip(self.percents, self.percents[1:], strict=False))


def upload(program: Program, clip: Clip) -> Uploaded:
    """Send a clip and wait until it can be edited."""
    began = time.time()
    video_id = program.upload(clip.path)
    answered = time.time() - began
    program.ready(video_id)
    return Uploaded(video_id, answered, time.time() - began)


def trim(
    server: RunningServer, program: Program, video_id: str, clip: Clip, mode: str, folder: Path
) -> Trimmed:
    """Trim on the running server, then download and decode the result."""
    with Listener(server, video_id) as listener:
        posted = time.time()
        asked = program.trim(video_id, clip.cut.start, clip.cut.end, mode)
        task_id = asked["taskId"]
        complete = listener.wait("complete", seconds=JOB_SECONDS, taskId=task_id)
        said = listener.of_task(task_id)
    progress = [item for item in said if item.type == "progress"]
    path = program.download(complete.data["outputUrl"], folder / f"{clip.path.stem}-{mode}.mp4")
    return Trimmed(
        clip=clip.path.name,
        mode=mode,
        wall=complete.at - posted,
        percents=tuple(item.data["percent"] for item in progress),
        post_to_first=progress[0].at - posted,
        claim_to_first=progress[0].at - claimed_at(server, task_id),
        hundred_before_complete=_hundred_before(said, complete),
        completes=sum(item.type == "complete" for item in said),
        decoded=decode(path),
        expected_frames=clip.exact_frames,
        expected_seconds=clip.cut.end - clip.cut.start,
        begins_where_said=_begins_where_said(path, clip, asked.get("actualStart"), mode),
    )


def claimed_at(server: RunningServer, task_id: str) -> float:
    """When a worker took the task (seconds since 1970), from the server's own record."""
    database = sqlite3.connect(f"file:{server.data_dir / 'db.sqlite3'}?mode=ro", uri=True)
    wanted = "select started_at from videos_attempt where task_id = ? order by number"
    try:
        (text,) = database.execute(wanted, [task_id.replace("-", "")]).fetchone()
    finally:
        database.close()
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _hundred_before(said: Sequence[Heard], complete: Heard) -> bool:
    """Whether the message before `complete` is the 100 %."""
    before = said[said.index(complete) - 1]
    return before.type == "progress" and before.data["percent"] == 100


def _begins_where_said(path: Path, clip: Clip, said: float | None, mode: str) -> bool:
    """Exact: at the wanted frame. Fast: shown from it, its footage from the keyframe on."""
    shown = first_frame(path)
    if mode == "exact":
        return said is None and _same(shown, first_frame(clip.path, clip.cut.start))
    if said is None or abs(said - clip.keyframe) > 0.001:
        return False
    return _same(first_frame(path, hidden=True), first_frame(clip.path, said))


def _same(one: bytes, other: bytes) -> bool:
    return difference(one, other) < SAME_PICTURE_LEVELS

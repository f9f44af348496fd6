"""Edits on a running server, with everything that was heard of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.clips import Clip
from tests.servers.app import RunningServer
from tests.servers.live import Heard, Listener, Program

JOB_SECONDS = 300
FIRST_EVENT_SECONDS = 1.0
CLAIM_TO_EVENT_SECONDS = 0.5
# An encode of seconds shows its progress at 5 Hz; half of that is already a jerky bar.
LEAST_EVENTS_PER_SECOND = 2.5
START_AND_END_SECONDS = 2.0
ENDS = 2  # the 0 % and the 100 %


@dataclass(frozen=True, slots=True)
class Watched:
    """One edit: wall seconds, what the socket said, what can be downloaded.

    `copies` is whether it only copies streams, which is too quick for many messages.
    """

    clip: str
    what: str
    copies: bool
    wall: float
    percents: tuple[float, ...]
    post_to_first: float
    claim_to_first: float
    hundred_before_complete: bool
    completes: int
    answer: Mapping[str, Any]
    outputs: tuple[Mapping[str, Any], ...]

    @property
    def monotone(self) -> bool:
        """Whether the percent never fell."""
        return all(a <= b for a, b in zip(self.percents, self.percents[1:], strict=False))

    @property
    def title(self) -> str:
        """Clip and edit."""
        return f"{self.clip} {self.what}"


@dataclass(frozen=True, slots=True)
class Bound:
    """What must hold for every edit."""

    name: str
    holds: Callable[[Watched], bool]


def least_events(wall: float) -> int:
    """Of an encode of so many seconds."""
    return ENDS + int(LEAST_EVENTS_PER_SECOND * max(wall - START_AND_END_SECONDS, 0))


BOUNDS = (
    Bound("percent monotone", lambda run: run.monotone),
    Bound("starts at 0", lambda run: run.percents[0] < 5),
    Bound("100 just before complete", lambda run: run.hundred_before_complete),
    Bound("complete once", lambda run: run.completes == 1),
    Bound("POST to first event", lambda run: run.post_to_first < FIRST_EVENT_SECONDS),
    Bound("claim to first event", lambda run: run.claim_to_first < CLAIM_TO_EVENT_SECONDS),
    Bound("enough events", lambda run: run.copies or len(run.percents) >= least_events(run.wall)),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """A running server with a program that uses it; downloads go under `folder`."""

    server: RunningServer
    program: Program
    folder: Path

    def watch(
        self,
        video_id: str,
        operation: str,
        params: Mapping[str, Any],
        *,
        clip: Clip,
        what: str,
        copies: bool = False,
    ) -> Watched:
        """Ask for an edit of a video and listen until it is complete."""
        with Listener(self.server, video_id) as listener:
            posted = time.time()
            answer = self.program.edit(operation, video_id, **params)
            task_id = answer["taskId"]
            complete = listener.wait("complete", seconds=JOB_SECONDS, taskId=task_id)
            said = listener.of_task(task_id)
        progress = [item for item in said if item.type == "progress"]
        return Watched(
            clip=clip.path.name,
            what=what,
            copies=copies,
            wall=complete.at - posted,
            percents=tuple(item.data["percent"] for item in progress),
            post_to_first=progress[0].at - posted,
            claim_to_first=progress[0].at - _claimed_at(self.server, task_id),
            hundred_before_complete=_hundred_before(said, complete),
            completes=sum(item.type == "complete" for item in said),
            answer=answer,
            outputs=tuple(complete.data["outputs"]),
        )

    def attach(self, video_id: str, name: str, content: bytes, **fields: str) -> str:
        """Add a subtitle file to a video; its id."""
        url, files = f"/api/videos/{video_id}/subtitles", {"subtitles": (name, content)}
        answer = self.program.http.post(url, data=fields, files=files).raise_for_status()
        return str(answer.json()["subtitlesId"])

    def download(self, output: Mapping[str, Any]) -> Path:
        """The file of an output."""
        return self.program.download(output["url"], self.folder / output["name"])


def _claimed_at(server: RunningServer, task_id: str) -> float:
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

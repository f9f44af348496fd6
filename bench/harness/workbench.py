"""A running server on SQLite, edits on it with every message about them, and clips to edit."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.media import ffmpeg
from tests.servers.app import RunningServer
from tests.servers.live import Listener, Program, Received

EDIT_SECONDS = 600
STORYBOARD_SECONDS = 120
ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")


@dataclass(frozen=True, slots=True)
class Recording:
    """One task with all messages about it; times in seconds since 1970."""

    task_id: str
    requested: float
    claimed: float
    completed: float
    messages: list[Received]
    answer: Mapping[str, Any] = field(default_factory=dict)
    """What the request was answered."""

    def of_type(self, kind: str) -> list[Received]:
        """The messages of one type."""
        return [message for message in self.messages if message.type == kind]


class Workbench(Program):
    """A program that uses a server, one request at a time, and records what is said of it."""

    def __init__(self, server: RunningServer) -> None:
        super().__init__(server)
        self.server = server

    def record_edit(self, video_id: str, operation: str, params: Mapping[str, Any]) -> Recording:
        """Request an edit and record it until it is complete."""
        with Listener(self.server, video_id) as listener:
            requested = time.time()
            answer = self.edit(operation, video_id, **params)
            task_id = answer["taskId"]
            end = listener.wait("complete", seconds=EDIT_SECONDS, taskId=task_id)
            messages = list(listener.of_task(task_id))
        return Recording(task_id, requested, self.claimed(task_id), end.at, messages, answer)

    def record_upload(self, path: Path) -> tuple[str, Recording]:
        """Upload a video and wait until it is ready; its id, and its storyboard's recording."""
        with Listener(self.server, "*") as listener:
            requested, video_id = time.time(), self.upload(path)
            end = listener.wait(
                "task",
                video_id=video_id,
                seconds=STORYBOARD_SECONDS,
                operation="storyboard",
                status="complete",
            )
            messages = list(listener.of_task(task_id := end.data["id"]))
        self.ready(video_id)
        return video_id, Recording(task_id, requested, self.claimed(task_id), end.at, messages)

    def attach(self, video_id: str, name: str, content: bytes, **fields: str) -> str:
        """Add a subtitle file to a video; its id."""
        url, files = f"/api/videos/{video_id}/subtitles", {"subtitles": (name, content)}
        answer = self.http.post(url, data=fields, files=files).raise_for_status()
        return str(answer.json()["subtitlesId"])

    def claimed(self, task_id: str) -> float:
        """When a worker took a task, from the server's own record."""
        started = datetime.fromisoformat(self.of_attempt(task_id, "started_at"))
        return started.replace(tzinfo=UTC).timestamp()

    def of_attempt(self, task_id: str, column: str) -> str:
        """What the database says of a task's first attempt."""
        query = f"select {column} from videos_attempt where task_id = ? order by number"
        with self.database() as database:
            (value,) = database.execute(query, [task_id.replace("-", "")]).fetchone()
        return str(value)

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """A transaction of its own on the server's database."""
        path = self.server.data_dir / "db.sqlite3"
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            yield database


@contextmanager
def workbench(data_dir: Path, env: Mapping[str, str] | None = None) -> Iterator[Workbench]:
    """Start a server with a data folder of its own, and stop it at the end."""
    with RunningServer(data_dir, env=env) as server, Workbench(server) as bench:
        yield bench


def drawn(path: Path, size: str, seconds: int, *, keyframe_every: int = 50) -> Path:
    """A moving test picture of 30 frames/s with a tone; a keyframe every so many frames."""
    picture = ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30")
    tone = ("-f", "lavfi", "-i", "sine=frequency=440")
    ffmpeg(*picture, *tone, "-t", str(seconds), *ENCODER, "-g", str(keyframe_every), path)
    return path

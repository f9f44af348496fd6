"""A running server on SQLite, and edits on it with every message about them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.servers.app import RunningServer
from tests.servers.live import Listener, Program, Received

EDIT_SECONDS = 600
STORYBOARD_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Recording:
    """One task with all messages about it; times in seconds since 1970."""

    task_id: str
    requested: float
    claimed: float
    completed: float
    messages: tuple[Received, ...]
    answer: Mapping[str, Any] = field(default_factory=dict)
    """What the request was answered."""

    @property
    def seconds(self) -> float:
        """From the request to the end."""
        return self.completed - self.requested

    def of_type(self, kind: str) -> list[Received]:
        """The messages of one type."""
        return [message for message in self.messages if message.type == kind]


@dataclass(frozen=True, slots=True)
class Workbench:
    """A running server with a program that uses it, one request at a time."""

    server: RunningServer
    program: Program

    def edit(self, video_id: str, operation: str, params: Mapping[str, Any]) -> Recording:
        """Request an edit and record it until it is complete."""
        with Listener(self.server, video_id) as listener:
            requested = time.time()
            answer = self.program.edit(operation, video_id, **params)
            task_id = answer["taskId"]
            end = listener.wait("complete", seconds=EDIT_SECONDS, taskId=task_id)
            messages = tuple(listener.of_task(task_id))
        return Recording(task_id, requested, self.claimed(task_id), end.at, messages, answer)

    def upload(self, path: Path) -> tuple[str, Recording]:
        """Upload a video and wait until it is ready; its id, and its storyboard's recording."""
        with Listener(self.server, "*") as listener:
            requested = time.time()
            video_id = self.program.upload(path)
            end = listener.wait(
                "task",
                video_id=video_id,
                seconds=STORYBOARD_SECONDS,
                operation="storyboard",
                status="complete",
            )
            messages = tuple(listener.of_task(end.data["id"]))
        self.program.ready(video_id)
        task_id = end.data["id"]
        return video_id, Recording(task_id, requested, self.claimed(task_id), end.at, messages)

    def attach(self, video_id: str, name: str, content: bytes, **fields: str) -> str:
        """Add a subtitle file to a video; its id."""
        url, files = f"/api/videos/{video_id}/subtitles", {"subtitles": (name, content)}
        answer = self.program.http.post(url, data=fields, files=files).raise_for_status()
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
    with RunningServer(data_dir, env=env) as server, Program(server) as program:
        yield Workbench(server, program)

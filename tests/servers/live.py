"""A program that uses a running VrewCraft as a stranger's would: HTTP with a token, and events."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.servers.app import RunningServer

TERMINAL = ("complete", "error", "cancelled")
POLL_SECONDS = 0.05
CHUNK_BYTES = 1 << 20
T = TypeVar("T")


class TooLate(Exception):
    """What was waited for did not come in time."""


def wait_for(
    look: Callable[[], T | None], seconds: float, what: str, *, every: float = POLL_SECONDS
) -> T:
    """The first true value that `look` gives, every so often; `TooLate` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TooLate(f"{what} did not come within {seconds:g} s")
        time.sleep(every)


@dataclass(frozen=True, slots=True)
class Received:
    """One message of the live protocol; `at` is in seconds since 1970."""

    at: float
    type: str
    video_id: str | None
    data: dict[str, Any]


class Program:
    """The owner's API by token; its answers are checked."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        headers = {"Authorization": f"Bearer {server.token}"}
        self.http = httpx.Client(base_url=server.base_url, headers=headers, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.http.close()

    def upload(self, path: Path, name: str | None = None) -> str:
        """Send a file; the id of its video."""
        with path.open("rb") as file:
            files = {"video": (name or path.name, file, "video/mp4")}
            answer = self.http.post("/api/upload", files=files)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["videoId"])

    def add_subtitles(self, video_id: str, content: bytes) -> str:
        """Give a video a subtitle file; its id."""
        files = {"subtitles": ("a.srt", content, "text/plain")}
        answer = self.http.post(f"/api/videos/{video_id}/subtitles", files=files)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["subtitlesId"])

    def ready(self, video_id: str, seconds: float = 60) -> dict[str, Any]:
        """The video once it has been probed."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.http.get(f"/api/videos/{video_id}").json()
            assert found["state"] != "broken", found["error"]
            return found if found["state"] == "ready" else None

        return wait_for(look, seconds, "the probe's end")

    def trim(
        self, video_id: str, start: float, end: float, mode: str = "fast", **headers: str
    ) -> dict[str, Any]:
        """Ask for a trim; the answer, with `taskId`."""
        wanted = {"startTime": start, "endTime": end, "mode": mode}
        return self.edit("trim", video_id, headers=headers, **wanted)

    def edit(
        self,
        operation: str,
        video_id: str,
        *,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> dict[str, Any]:
        """Ask for an edit, made before or not; the answer, with `taskId`."""
        wanted = {"videoId": video_id, "again": True, **params}
        answer = self.http.post(f"/api/edit/{operation}", json=wanted, headers=headers)
        assert answer.status_code == 202, answer.text
        asked: dict[str, Any] = answer.json()
        return asked

    def task(self, task_id: str) -> dict[str, Any]:
        """The task as it is now."""
        found: dict[str, Any] = self.http.get(f"/api/tasks/{task_id}").json()
        return found

    def ended(self, task_id: str, seconds: float = 60) -> dict[str, Any]:
        """The task once it has ended."""

        def look() -> dict[str, Any] | None:
            found = self.task(task_id)
            return found if found["status"] in TERMINAL else None

        return wait_for(look, seconds, "the task's end")

    def under_way(self, task_id: str, percent: float = 1, seconds: float = 60) -> dict[str, Any]:
        """The task once it has come that far, still running."""

        def look() -> dict[str, Any] | None:
            found = self.task(task_id)
            assert found["status"] not in TERMINAL, found
            return found if found["progress"] >= percent else None

        return wait_for(look, seconds, f"{percent} percent")

    def download(self, url: str, path: Path) -> Path:
        """Keep a file of the server under `path`."""
        with self.http.stream("GET", url) as answer, path.open("wb") as file:
            assert answer.status_code == 200, answer.status_code
            for chunk in answer.iter_bytes(CHUNK_BYTES):
                file.write(chunk)
        return path


class Listener:
    """A socket with a token and no Origin that records every message with its time."""

    def __init__(self, server: RunningServer, *video_ids: str) -> None:
        self.received: list[Received] = []
        headers = {"Authorization": f"Bearer {server.token}"}
        self._open = ExitStack()
        self._socket: ClientConnection = self._open.enter_context(
            connect(server.ws_url, additional_headers=headers, proxy=None)
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        for video_id in video_ids:
            self.subscribe(video_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._open.close()
        self._thread.join(5)

    def say(self, text: str) -> None:
        """Send a text as it is."""
        self._socket.send(text)

    def subscribe(self, video_id: str) -> Received:
        """Ask for a video's events; the snapshot."""
        before = len(self.received)
        self.say(json.dumps({"type": "subscribe", "videoId": video_id}))
        return self.wait("subscribed", video_id=video_id, after=before)

    def wait(
        self,
        kind: str,
        *,
        video_id: str | None = None,
        after: int = 0,
        seconds: float = 60,
        **data: Any,
    ) -> Received:
        """The first message of that type, video and data from the `after`th on."""

        def look() -> Received | None:
            for item in self.received[after:]:
                fits = item.type == kind and video_id in (None, item.video_id)
                if fits and data.items() <= item.data.items():
                    return item
            return None

        return wait_for(look, seconds, f"a message {kind}")

    def of_task(self, task_id: str) -> Sequence[Received]:
        """Everything that was said of one task, snapshots aside."""
        return [
            item
            for item in list(self.received)
            if item.type != "subscribed"
            and task_id in (item.data.get("taskId"), item.data.get("id"))
        ]

    def _listen(self) -> None:
        try:
            for text in self._socket:
                message = json.loads(text)
                received = Received(
                    time.time(), message["type"], message["videoId"], message["data"]
                )
                self.received.append(received)
        except ConnectionClosed:
            return

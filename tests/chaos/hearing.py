"""A client of the live protocol that connects anew whenever it is thrown out, and keeps it all."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.servers.app import RunningServer

AGAIN_SECONDS = 0.1
READ_SECONDS = 1.0
TERMINAL = ("complete", "error", "cancelled")


class Hearing:
    """What a page would hear: all the person's videos, and each video by itself."""

    def __init__(self, server: RunningServer, video_ids: Iterable[str]) -> None:
        self.completes: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        """Terminal messages of each task, of whatever kind."""
        self.reported: dict[str, str] = {}
        """The status of each task as the client knows it, from events and snapshots."""
        self.connections = 0
        self._server, self._wanted = server, ["*", *video_ids]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hearing", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.wait(AGAIN_SECONDS):
            with suppress(OSError, WebSocketException):
                headers = {"Authorization": f"Bearer {self._server.token}"}
                with connect(
                    self._server.ws_url, additional_headers=headers, proxy=None, open_timeout=5
                ) as socket:
                    self.connections += 1
                    self._listen(socket)

    def _listen(self, socket: ClientConnection) -> None:
        for video_id in self._wanted:
            socket.send(json.dumps({"type": "subscribe", "videoId": video_id}))
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                self._hear(json.loads(socket.recv(READ_SECONDS)))

    def _hear(self, message: dict[str, Any]) -> None:
        kind, data = message["type"], message["data"]
        if kind == "subscribed":
            for video in [data, *data.get("videos", {}).values()]:
                self.reported.update(
                    {task["id"]: task["status"] for task in video.get("tasks", ())}
                )
            return
        task_id = data.get("taskId")
        if not task_id:
            return
        status = data.get("status") if kind in ("task", "progress") else kind
        self.reported[task_id] = str(status)
        self.completes[task_id] += kind == "complete"
        self.ends[task_id] += kind != "progress" and status in TERMINAL

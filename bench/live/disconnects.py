"""Thousands of random disconnects under load: does every client learn of every end?"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from math import nan
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.harness.figures import Report
from bench.live.servers import OURS, LiveServer, Site, serving
from tests.servers.live import TERMINAL

DISCONNECTS, CLIENTS, VIDEOS = 10_000, 100, 50
ENDS_PER_SECOND = 15.0
STAYS_SECONDS = (0.1, 2.0)
LAST_STAY_SECONDS = 4.0
PATIENCE_SECONDS = 300.0
LATEST_SECONDS = 2.0


@dataclass
class Watcher:
    """A client of one video: when it first received each end, and since when it was connected."""

    video_id: str
    connected_at: float = 0.0
    received: dict[str, tuple[float, float]] = field(default_factory=dict)
    disconnects: int = 0

    async def live(self, server: LiveServer, ended: asyncio.Event) -> None:
        """Connect and disconnect often, then stay until all has ended, and for a while."""
        headers = {"Authorization": f"Bearer {server.site.token}"}
        url, times = f"ws://127.0.0.1:{server.port}/ws/", DISCONNECTS // CLIENTS
        for number in range(times + 1):
            self.connected_at = time.time()
            async with connect(url, additional_headers=headers, max_size=None) as socket:
                listening = asyncio.create_task(self._listen(socket))
                if number < times:
                    await asyncio.wait([listening], timeout=random.uniform(*STAYS_SECONDS))
                    self.disconnects += 1
                    socket.transport.abort()
                else:
                    await ended.wait()
                    await asyncio.sleep(LAST_STAY_SECONDS)
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening

    async def _listen(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"type": "subscribe", "videoId": self.video_id}))
        with suppress(ConnectionClosed):
            async for text in socket:
                message = json.loads(text)
                kind, data = message["type"], message["data"]
                if kind == "subscribed":
                    for task in data["tasks"]:
                        self._note(task["id"], task["status"])
                elif data.get("taskId") and kind != "progress":
                    self._note(data["taskId"], data.get("status") if kind == "task" else kind)

    def _note(self, task_id: str, status: str | None) -> None:
        if status in TERMINAL:
            self.received.setdefault(task_id, (time.time(), self.connected_at))

    def delays(self, ended_at: dict[str, float]) -> list[float | None]:
        """Seconds for each end of its video, None where it was never received.

        Counted from the end or, where it was not connected then, from its reconnection.
        """
        delays: list[float | None] = []
        for task_id, at in ended_at.items():
            received_at, connected_at = self.received.get(task_id, (None, 0.0))
            delays.append(None if received_at is None else received_at - max(at, connected_at))
        return delays


def disconnects(folder: Path, report: Report) -> None:
    """Under each server."""
    for kind in OURS:
        site = Site(folder / kind)
        with serving(kind, site) as server:
            watchers = asyncio.run(_watch(server))
        ends = _ends(site)
        delays = [each for one in watchers for each in one.delays(ends[one.video_id])]
        received = [each for each in delays if each is not None]
        count = sum(one.disconnects for one in watchers)
        report.at_least(f"{kind}: random disconnects", count, DISCONNECTS)
        share = 100 * len(received) / len(delays) if delays else nan
        report.at_least(f"{kind}: of {len(delays):,} ends received", share, 100, "%")
        latest = max(received, default=nan)
        what = f"{kind}: latest after the end or the reconnection"
        report.at_most(what, latest, LATEST_SECONDS, "s")


async def _watch(server: LiveServer) -> list[Watcher]:
    seconds = DISCONNECTS / CLIENTS * sum(STAYS_SECONDS) / 2
    ends = server.publish(ENDS_PER_SECOND, seconds, videos=VIDEOS, how="tasks")
    watchers = [Watcher(server.site.video_ids[number % VIDEOS]) for number in range(CLIENTS)]
    ended = asyncio.Event()
    living = (one.live(server, ended) for one in watchers)
    await asyncio.gather(_until_ended(server.site, ends, ended), *living)
    return watchers


async def _until_ended(site: Site, expected: int, ended: asyncio.Event) -> None:
    """A slow machine ends its tasks later than they were asked for."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while sum(map(len, _ends(site).values())) < expected:  # noqa: ASYNC110 (a file tells)
            await asyncio.sleep(1)
    ended.set()


def _ends(site: Site) -> dict[str, dict[str, float]]:
    """When each task ended, by its video, as the server wrote it down."""
    ends: dict[str, dict[str, float]] = defaultdict(dict)
    path = site.folder / "ends"
    for line in path.read_text("ascii").splitlines() if path.exists() else ():
        video_id, task_id, at = line.split()
        ends[video_id][task_id] = float(at)
    return ends

"""Thousands of random disconnects under load: does every client learn of every end?"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from contextlib import suppress
from math import nan
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.harness.figures import Report
from bench.live.servers import OURS, LiveServer, Site
from tests.servers.live import TERMINAL

DISCONNECTS, CLIENTS, VIDEOS = 10_000, 100, 50
ENDS_PER_SECOND = 15.0
STAYS_SECONDS = (0.1, 2.0)
LAST_STAY_SECONDS = 4.0
PATIENCE_SECONDS = 300.0
LATEST_SECONDS = 2.0


class Watcher:
    """A client of one video: when it first received each end, and since when it was connected."""

    def __init__(self, video_id: str) -> None:
        self.video_id = video_id
        self.disconnects = 0
        self._connected_at = 0.0
        self._received: dict[str, tuple[float, float]] = {}

    async def live(self, server: LiveServer, ended: asyncio.Event) -> None:
        """Connect and disconnect often, then stay until all has ended, and for a while."""
        headers = {"Authorization": f"Bearer {server.token}"}
        times = DISCONNECTS // CLIENTS
        for number in range(times + 1):
            self._connected_at = time.time()
            async with connect(server.ws_url, additional_headers=headers, max_size=None) as link:
                listening = asyncio.create_task(self._listen(link))
                if number < times:
                    await asyncio.wait([listening], timeout=random.uniform(*STAYS_SECONDS))
                    self.disconnects += 1
                    link.transport.abort()
                else:
                    await ended.wait()
                    await asyncio.sleep(LAST_STAY_SECONDS)
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening

    async def _listen(self, link: ClientConnection) -> None:
        await link.send(json.dumps({"type": "subscribe", "videoId": self.video_id}))
        with suppress(ConnectionClosed):
            async for text in link:
                message = json.loads(text)
                kind, data = message["type"], message["data"]
                if kind == "subscribed":
                    for task in data["tasks"]:
                        self._note(task["id"], task["status"])
                elif data.get("taskId") and kind != "progress":
                    self._note(data["taskId"], data.get("status") if kind == "task" else kind)

    def _note(self, task_id: str, status: str | None) -> None:
        if status in TERMINAL:
            self._received.setdefault(task_id, (time.time(), self._connected_at))

    def delays(self, ended_at: dict[str, float]) -> list[float]:
        """Seconds for each end of its video that it received.

        Counted from the end or, where it was not connected then, from its reconnection.
        """
        pairs = [(self._received.get(task_id), at) for task_id, at in ended_at.items()]
        return [received[0] - max(at, received[1]) for received, at in pairs if received]


def disconnects(folder: Path, report: Report) -> None:
    """Under each server."""
    for name in OURS:
        site = Site(folder / name)
        with LiveServer(name, site) as server:
            watchers = asyncio.run(_watch(server))
        ends = _ends(site)
        expected = sum(len(ends[one.video_id]) for one in watchers)
        delays = [each for one in watchers for each in one.delays(ends[one.video_id])]
        count = sum(one.disconnects for one in watchers)
        report.at_least(f"{name}: random disconnects", count, DISCONNECTS)
        share = 100 * len(delays) / expected if expected else nan
        report.at_least(f"{name}: of {expected:,} ends received", share, 100, "%")
        what = f"{name}: latest after the end or the reconnection"
        report.at_most(what, max(delays, default=nan), LATEST_SECONDS, "s")


async def _watch(server: LiveServer) -> list[Watcher]:
    seconds = DISCONNECTS / CLIENTS * sum(STAYS_SECONDS) / 2
    server.publish(ENDS_PER_SECOND, seconds, videos=VIDEOS, how="tasks")
    watchers = [Watcher(server.site.video_ids[number % VIDEOS]) for number in range(CLIENTS)]
    ended = asyncio.Event()
    living = (one.live(server, ended) for one in watchers)
    await asyncio.gather(_until_ended(server.site, int(ENDS_PER_SECOND * seconds), ended), *living)
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

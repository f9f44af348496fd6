"""Thousands of random disconnects under load: does every client learn of every end?"""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.live_figures import Figure, Figures
from bench.live_many import KINDS
from bench.live_servers import LiveServer, Site
from tests.servers.live import TERMINAL

DISCONNECTS, CLIENTS, VIDEOS = 10_000, 100, 50
ENDS_PER_SECOND = 15.0
STAYS_SECONDS = (0.1, 2.0)
LAST_STAY_SECONDS = 4.0
PATIENCE_SECONDS = 300.0
LATEST_SECONDS = 2.0


@dataclass
class Watcher:
    """A client of one video: when it first heard of each end, and how late that was at most.

    Late counts from the end or, where it was not connected then, from its reconnection.
    """

    video_id: str
    connected_at: float = 0.0
    heard: dict[str, tuple[float, float]] = field(default_factory=dict)
    disconnects: int = 0

    async def live(self, url: str, token: str, times: int, ended: asyncio.Event) -> None:
        """Connect and disconnect so often, then stay until all has ended, and for a while."""
        for number in range(times + 1):
            self.connected_at = time.time()
            headers = {"Authorization": f"Bearer {token}"}
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
                self._take(json.loads(text))

    def _take(self, message: dict[str, object]) -> None:
        data = message["data"]
        assert isinstance(data, dict)
        if message["type"] == "subscribed":
            for state in data["tasks"]:
                self._ended(state["id"], state["status"])
        elif data.get("taskId"):
            status = "" if message["type"] == "progress" else message["type"]
            self._ended(data["taskId"], data.get("status") if status == "task" else status)

    def _ended(self, task_id: str, status: object) -> None:
        if status in TERMINAL:
            self.heard.setdefault(task_id, (time.time(), self.connected_at))

    def lateness(self, ended_at: dict[str, float]) -> list[float | None]:
        """Seconds for each end of its video; None where it never heard of it."""
        found: list[float | None] = []
        for task_id, at in ended_at.items():
            heard_at, connected_at = self.heard.get(task_id, (None, 0.0))
            found.append(None if heard_at is None else heard_at - max(at, connected_at))
        return found


def measure(folder: Path, figures: Figures) -> None:
    """Under each server."""
    for kind in KINDS:
        site = Site(folder.with_name(f"data-{kind}"))
        with LiveServer(kind, site) as server:
            watchers = asyncio.run(_watched(server, site))
        ends = _ends(site)
        late = [each for one in watchers for each in one.lateness(ends.get(one.video_id, {}))]
        heard = [each for each in late if each is not None]
        count = sum(one.disconnects for one in watchers)
        figures.add(
            Figure("disconnects", f"{kind}: random disconnects", count, "", least=DISCONNECTS)
        )
        share = 100 * len(heard) / max(1, len(late))
        what = f"{kind}: of {len(late):,} ends to be heard, heard"
        figures.add(Figure("disconnects", what, share, "%", least=100))
        what = f"{kind}: latest after the end or the reconnection"
        figures.add(Figure("disconnects", what, max(heard, default=99.0), "s", most=LATEST_SECONDS))


async def _watched(server: LiveServer, site: Site) -> list[Watcher]:
    each = DISCONNECTS // CLIENTS
    seconds = each * (sum(STAYS_SECONDS) / 2)
    ids = site.video_ids()[:VIDEOS]
    wanted = server.publish(ENDS_PER_SECOND, seconds, videos=VIDEOS, how="tasks")
    ended = asyncio.Event()
    watchers = [Watcher(ids[number % VIDEOS]) for number in range(CLIENTS)]
    url = f"ws://{server.address}/ws/"
    living = (one.live(url, site.token, each, ended) for one in watchers)
    await asyncio.gather(_until_ended(site, wanted, ended), *living)
    return watchers


async def _until_ended(site: Site, wanted: int, ended: asyncio.Event) -> None:
    """A slow machine ends its tasks later than they were asked for."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while sum(map(len, _ends(site).values())) < wanted:  # noqa: ASYNC110 (a file tells)
            await asyncio.sleep(1)
    ended.set()


def _ends(site: Site) -> dict[str, dict[str, float]]:
    """When each task ended, by its video, as who ended them wrote down."""
    found: dict[str, dict[str, float]] = {}
    path = site.folder / "ends"
    for line in path.read_text("ascii").splitlines() if path.exists() else ():
        video_id, task_id, at = line.split()
        found.setdefault(video_id, {})[task_id] = float(at)
    return found

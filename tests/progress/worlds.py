"""A world in miniature: rows, a layer that loses and shuffles, the real hub, and a page's socket.

What the page would receive is recorded; `tests/js/support/replay.js` hands it to its own code.
"""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

from progress.events import Change, Event, Keep, message, user_group, video_group
from progress.hub import Hub
from progress.outbox import Message, Outbox

VIEWER = "ann"
VIDEOS = ("v1", "v2")
TASKS = {"t1": "v1", "t2": "v1", "t3": "v2"}
TERMINAL = ("complete", "error", "cancelled")


@dataclass
class Row:
    """A task's row: all that the page shows of it."""

    id: str
    video_id: str
    seq: int = 0
    status: str = "pending"
    percent: float = 0.0

    def state(self) -> dict[str, Any]:
        """As a snapshot has it."""
        return {
            "id": self.id,
            "videoId": self.video_id,
            "status": self.status,
            "progress": self.percent,
            "seq": self.seq,
        }

    def change(self) -> Change:
        """As it is told to the sockets: the same kinds of message as progress/events.py makes."""
        groups = (video_group(self.video_id), user_group(VIEWER))
        return Change(groups, tuple(self._events()), VIEWER)

    def _events(self) -> list[Event]:
        if self.status == "processing":
            return [self._event("progress", Keep.PROGRESS, percent=self.percent)]
        if self.status == "complete":
            return [
                self._event("progress", Keep.END, percent=100, seq=self.seq - 1),
                self._event("complete", Keep.END, outputUrl="/o", outputs=[]),
            ]
        if self.status == "error":
            return [self._event("error", Keep.END, error="No.", code="crash")]
        keep = Keep.STATE if self.status == "pending" else Keep.END
        return [self._event("task", keep, **self.state())]

    def _event(self, kind: str, keep: Keep, **data: Any) -> Event:
        body = {"seq": self.seq, **data, "taskId": self.id}
        return Event(self.id, body["seq"], message(kind, self.video_id, body), keep)

    def move(self, chance: random.Random) -> None:
        """One step of a task's life."""
        if self.status in TERMINAL:
            self.status, self.percent = "pending", 0.0
            self.seq += 1
        elif self.status == "pending":
            self.status = chance.choice(["processing", "processing", "cancelled"])
            self.seq += 1
        elif chance.random() < 0.6:
            self.percent = min(99.99, self.percent + chance.randint(1, 40))
            self.seq += 1
        else:
            self._end(chance.choice(["complete", "error", "cancelled", "pending"]))

    def _end(self, status: str) -> None:
        self.status = status
        self.seq += 2 if status == "complete" else 1
        self.percent = {"complete": 100.0, "pending": 0.0}.get(status, self.percent)


class Line:
    """One connection of the page: while it is stalled, nothing gets through."""

    def __init__(self, record: list[Any]) -> None:
        self.record = record
        self.door = asyncio.Event()
        self.door.set()
        self.overflowed = False
        self.outbox = Outbox(self._send, self._overflow, VIEWER)
        self.subscribed: dict[str, str] = {}

    async def _send(self, packed: Message) -> None:
        if not self.door.is_set():
            await self.door.wait()
        self.record.append({"text": packed["text"]})

    def _overflow(self) -> None:
        self.overflowed = True


@dataclass
class World:
    """Everything between a row and a page, with chance as its weather."""

    chance: random.Random
    record: list[Any] = field(default_factory=list)
    rows: dict[str, Row] = field(
        default_factory=lambda: {task: Row(task, video) for task, video in TASKS.items()}
    )
    away: bool = False
    under_way: list[tuple[str, Change]] = field(default_factory=list)
    delivered: list[Change] = field(default_factory=list)
    reading: list[tuple[str, dict[str, Any], dict[str, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The page is connected and asks for what it shows."""
        self.hub = Hub()
        self.wanted = self.chance.choice([["v1"], ["*"], ["*", "v1"], ["v2", "v1"]])
        self.line = Line(self.record)

    async def play(self, steps: int) -> None:
        """So many things happen; then all that is wrong ends, and nothing more changes."""
        self.record.append({"open": self.wanted})
        await self.subscribe_all()
        acts = [self.change] * 6 + [self.bring] * 9 + [self.again, self.late, self.look]
        acts += [self.lose, self.lose_one, self.lose_one]
        acts += [self.stall, self.flow, self.answer, self.answer, self.switch, self.ask, self.drop]
        for _ in range(steps):
            await self.chance.choice(acts)()
        await self.settle()

    async def settle(self) -> None:
        """The layer is back, the process looks once more, the socket reads."""
        self.away = False
        if self.line.overflowed:
            await self.drop()
        while self.reading:
            await self.answer()
        await self.look()
        await self.flow()
        for _ in range(20):
            await asyncio.sleep(0)

    async def change(self) -> None:
        """A row changes, and is published: where the layer is away, to nobody."""
        row = self.chance.choice(list(self.rows.values()))
        row.move(self.chance)
        if not self.away:
            change = row.change()
            self.under_way += [(group, change) for group in change.groups]

    async def bring(self) -> None:
        """Something under way arrives, rarely out of order."""
        if self.under_way:
            place = 0 if self.chance.random() < 0.7 else self.chance.randrange(len(self.under_way))
            self.arrive(*self.under_way.pop(place))

    async def again(self) -> None:
        """Something arrives a second time."""
        if self.delivered:
            self.deliver(self.chance.choice(self.delivered))

    async def late(self) -> None:
        """Everything under way arrives at once, the newest first."""
        while self.under_way:
            self.arrive(*self.under_way.pop())

    async def lose(self) -> None:
        """What is under way is lost."""
        self.under_way.clear()

    async def lose_one(self) -> None:
        """Of a change that is sent to two groups, one copy may be lost alone."""
        if self.under_way:
            self.under_way.pop(self.chance.randrange(len(self.under_way)))

    async def switch(self) -> None:
        """The layer goes away or comes back."""
        self.away = not self.away
        self.under_way.clear()

    async def look(self) -> None:
        """The process looks for changed rows, as it does every two seconds."""
        for row in self.rows.values():
            if row.seq > self.hub._seen.get(row.id, 0):
                self.deliver(row.change())

    def arrive(self, group: str, change: Change) -> None:
        """To the hub, where anybody here has asked for that group."""
        if group in self.hub._groups:
            self.deliver(change)

    def deliver(self, change: Change) -> None:
        """To the hub."""
        self.delivered.append(change)
        self.hub._deliver(change)

    async def stall(self) -> None:
        """The page's line takes nothing for a while."""
        self.line.door.clear()

    async def flow(self) -> None:
        """It takes what has waited."""
        self.line.door.set()
        for _ in range(3):
            await asyncio.sleep(0)

    async def ask(self) -> None:
        """The page subscribes again, as it does when it comes into view."""
        await self.subscribe(self.chance.choice(self.wanted))

    async def drop(self) -> None:
        """The connection is lost; the page opens another and subscribes again."""
        for group in self.line.subscribed.values():
            self.hub.leave(group, self.line.outbox)
        self.line.outbox.close()
        self.line = Line(self.record)
        self.reading.clear()
        self.record.append({"open": self.wanted})
        await self.subscribe_all()

    async def subscribe_all(self) -> None:
        """All that the page shows."""
        for asked in self.wanted:
            await self.subscribe(asked)

    async def subscribe(self, asked: str) -> None:
        """Join, then read; the answer takes its time."""
        group = user_group(VIEWER) if asked == "*" else video_group(asked)
        self.line.outbox.buffer()
        self.line.subscribed[asked] = group
        self.hub._groups.setdefault(group, set()).add(self.line.outbox)
        self.reading.append((asked, *self.snapshot(asked)))

    async def answer(self) -> None:
        """The snapshot that was read first is sent."""
        if self.reading:
            asked, data, seqs = self.reading.pop(0)
            self.line.outbox.snapshot(asked, message("subscribed", asked, data), seqs)
            self.line.outbox.release()

    def snapshot(self, asked: str) -> tuple[dict[str, Any], dict[str, int]]:
        """The state of all that is asked for, and each row's number."""
        rows = [row for row in self.rows.values() if asked in ("*", row.video_id)]
        seqs = {row.id: row.seq for row in rows}
        if asked != "*":
            return {"video": None, "tasks": [row.state() for row in rows], "upload": None}, seqs
        videos: dict[str, Any] = {video: {"tasks": [], "upload": None} for video in VIDEOS}
        for row in rows:
            videos[row.video_id]["tasks"].append(row.state())
        return {"videos": videos}, seqs

    def truth(self) -> dict[str, Any]:
        """What the page must show in the end, by task."""
        shown = VIDEOS if "*" in self.wanted else self.wanted
        return {row.id: row.state() for row in self.rows.values() if row.video_id in shown}


async def case(seed: int, steps: int) -> str:
    """One line of JSON: what the page received, and what it must know in the end."""
    world = World(random.Random(seed))
    await world.play(steps)
    return json.dumps({"seed": seed, "received": world.record, "truth": world.truth()})

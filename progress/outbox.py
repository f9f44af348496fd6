"""What one socket still has to be sent: in order, no number twice, progress latest-wins."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping

from progress.events import Event

Send = Callable[[str], Awaitable[None]]

PROGRESS = "progress"
MOST_PENDING = 1000


class Outbox:
    """Queues messages for one socket. All methods belong to the socket's event loop."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._sent: dict[str, int] = {}
        self._pending: dict[tuple[str, int | str], str] = {}
        self._held: list[Event] = []
        self._holds = 0
        self._wake = asyncio.Event()
        self._answers = itertools.count()

    def say(self, text: str) -> None:
        """Queue an answer that belongs to nothing that changes."""
        self._put(("", next(self._answers)), text)

    @property
    def overflows(self) -> bool:
        """Whether the reader has fallen too far behind."""
        return len(self._pending) > MOST_PENDING

    def offer(self, event: Event) -> None:
        """Queue an event unless the socket has it, or a newer one of its subject, already."""
        if self._holds:
            self._held.append(event)
            return
        if event.seq <= self._sent.get(event.subject, -1):
            return
        self._sent[event.subject] = event.seq
        if event.skippable:
            self._put((event.subject, PROGRESS), event.text)
        else:
            self._supersede(event.subject)
            self._put((event.subject, event.seq), event.text)

    def hold(self) -> None:
        """A snapshot is being read: keep events back, since they may be older than it."""
        self._holds += 1

    def snapshot(self, text: str, seqs: Mapping[str, int]) -> None:
        """Queue a snapshot; `seqs` is each subject's number in it. What is older is dropped."""
        for subject in seqs:
            self._supersede(subject)
        self._sent.update(seqs)
        self.say(text)

    def release(self) -> None:
        """End a hold."""
        self._holds -= 1
        if self._holds == 0:
            held, self._held = self._held, []
            for event in held:
                self.offer(event)

    async def run(self) -> None:
        """Send what is queued, for ever."""
        while True:
            await self._wake.wait()
            while self._pending:
                key = next(iter(self._pending))
                await self._send(self._pending.pop(key))
            self._wake.clear()

    def _supersede(self, subject: str) -> None:
        """Drop waiting progress, or what comes next would take its place in front of the new."""
        self._pending.pop((subject, PROGRESS), None)

    def _put(self, key: tuple[str, int | str], text: str) -> None:
        self._pending[key] = text
        self._wake.set()

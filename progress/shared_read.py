"""One read for all who want the same at the same time: a thousand pages come back at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedReads(Generic[T]):
    """Reads that begin after they were asked for, and are shared by all who asked before.

    A read that is under way may have missed what happened since it began; whoever asks meanwhile
    shares the next one. All methods belong to one event loop.
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[T]] = {}
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def read(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` gives, called by whoever asked for this key first. Raises what it raises."""
        task = self._next.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._read(key, make))
            self._next[key] = task
        # One who hangs up meanwhile must not take it from the others.
        return await asyncio.shield(task)

    async def _read(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        earlier = self._running.get(key)
        if earlier:
            await asyncio.wait([earlier])
        task = self._running[key] = self._next.pop(key)
        try:
            return await make()
        finally:
            if self._running.get(key) is task:
                del self._running[key]

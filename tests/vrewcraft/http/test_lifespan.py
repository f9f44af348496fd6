"""The runtime starts with the server, or with the first request where the server says nothing."""

from __future__ import annotations

import asyncio
import time

from vrewcraft.http.body_limit import Message, Receive, Scope, Send
from vrewcraft.http.lifespan import Lifespan
from vrewcraft.runtime import Runtime


class CountedRuntime(Runtime):
    """Counts in place of starting."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def start(self, *, run_worker: bool = False) -> None:
        time.sleep(0.05)
        with self._lock:
            if not self.is_started:
                self.calls.append(f"start {run_worker}")
            self.is_started = True

    def stop(self) -> None:
        self.calls.append("stop")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with its own type."""
    await send({"type": scope["type"]})


async def call(lifespan: Lifespan, kind: str, *received: str) -> list[str]:
    """The types of what is sent in answer to a scope and its messages."""
    left, sent = list(received), []

    async def receive() -> Message:
        return {"type": left.pop(0)}

    async def send(message: Message) -> None:
        sent.append(str(message["type"]))

    await lifespan({"type": kind}, receive, send)
    return sent


async def test_it_starts_and_stops_with_the_server() -> None:
    runtime = CountedRuntime()
    lifespan = Lifespan(application, runtime)
    sent = await call(lifespan, "lifespan", "lifespan.startup", "lifespan.shutdown")
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert runtime.calls == ["start False", "stop"]


async def test_without_lifespan_events_it_starts_once_with_the_first_of_many() -> None:
    runtime = CountedRuntime()
    lifespan = Lifespan(application, runtime)
    kinds = ["http", "websocket", "http"]
    answers = await asyncio.gather(*(call(lifespan, kind) for kind in kinds))
    assert answers == [["http"], ["websocket"], ["http"]]
    assert runtime.calls == ["start False"]

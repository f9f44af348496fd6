"""Functions in processes of their own, so that nothing else in a bench keeps them waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.request import Request, urlopen

STOP_SECONDS = 30
PAGE_EVERY_SECONDS = 0.05
MIN_LOADS = 10
"""What lasts for a moment only is measured by some loads after it as well."""
SPAWN = get_context("spawn")


@contextmanager
def child(target: Callable[..., None], *args: Any) -> Iterator[tuple[int, Connection]]:
    """Run a function of a pipe and these arguments; its process, and our end of the pipe."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=target, args=(theirs, *args), daemon=True)
    process.start()
    theirs.close()
    try:
        yield process.pid or 0, ours
    finally:
        ours.close()
        process.join(STOP_SECONDS)


@contextmanager
def page_loads(url: str, token: str) -> Iterator[list[float]]:
    """Load a page meanwhile; the list has the milliseconds of each load once the block ended."""
    taken: list[float] = []
    with child(_load_pages, url, token) as (_pid, pipe):
        pipe.recv()  # it is loading
        yield taken
        pipe.send("stop")
        taken += pipe.recv()


def _load_pages(pipe: Connection, url: str, token: str) -> None:
    request = Request(url, headers={"Authorization": f"Bearer {token}"})
    taken: list[float] = []
    while not pipe.poll(PAGE_EVERY_SECONDS) or len(taken) < MIN_LOADS:
        began = time.monotonic()
        with urlopen(request, timeout=60) as answer:
            answer.read()
        taken.append(1000 * (time.monotonic() - began))
        if len(taken) == 1:
            pipe.send("loading")
    pipe.send(taken)

"""A coroutine that is begun at once, and left to a task only where it waits."""

from __future__ import annotations

import asyncio

import pytest

from progress.eager_start import begin


async def test_what_never_waits_is_done_at_once() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert begin(work()) is None
    assert done == [1]


async def test_what_waits_goes_on_in_whatever_awaits_the_rest() -> None:
    door, done = asyncio.Event(), []

    async def work() -> None:
        await door.wait()
        done.append(1)
        await asyncio.sleep(0)
        done.append(2)

    left = begin(work())
    assert left is not None
    asyncio.get_running_loop().call_soon(door.set)
    await left
    assert done == [1, 2]


async def test_an_error_is_raised_where_it_happens() -> None:
    door = asyncio.Event()

    async def work(*, wait: bool) -> None:
        if wait:
            await door.wait()
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        begin(work(wait=False))
    left = begin(work(wait=True))
    assert left is not None
    door.set()
    with pytest.raises(ConnectionResetError):
        await left


async def test_cancelling_reaches_the_work() -> None:
    door, ended = asyncio.Event(), []

    async def work() -> None:
        try:
            await door.wait()
        finally:
            ended.append(1)

    left = begin(work())
    assert left is not None
    waiting = asyncio.ensure_future(left)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == [1]

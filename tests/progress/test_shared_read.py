"""Reads that are shared, and never older than the question."""

from __future__ import annotations

import asyncio

import pytest

from progress.shared_read import SharedReads


class Row:
    """Something that changes; reading it takes a while and gives what it was at the beginning."""

    def __init__(self) -> None:
        self.value = 0
        self.reads = 0

    async def read(self) -> int:
        self.reads += 1
        value = self.value
        await asyncio.sleep(0.01)
        return value


async def test_all_who_ask_at_once_share_one_read() -> None:
    row, reads = Row(), SharedReads[int]()
    assert await asyncio.gather(*(reads.read("a", row.read) for _ in range(100))) == [0] * 100
    assert row.reads == 1


async def test_who_asks_during_a_read_gets_one_that_began_afterwards() -> None:
    row, reads = Row(), SharedReads[int]()
    first = asyncio.ensure_future(reads.read("a", row.read))
    await asyncio.sleep(0.005)
    row.value = 1
    later = [asyncio.ensure_future(reads.read("a", row.read)) for _ in range(10)]
    assert await asyncio.gather(first, *later) == [0] + [1] * 10
    assert row.reads == 2


async def test_different_things_are_read_side_by_side() -> None:
    row, reads = Row(), SharedReads[int]()
    await asyncio.gather(*(reads.read(key, row.read) for key in "abc"))
    assert row.reads == 3


async def test_an_error_reaches_all_who_share_it_and_nobody_after_them() -> None:
    reads = SharedReads[int]()
    row = Row()

    async def fails() -> int:
        await asyncio.sleep(0)
        raise ConnectionResetError

    results = await asyncio.gather(
        *(reads.read("a", fails) for _ in range(3)), return_exceptions=True
    )
    assert [type(each) for each in results] == [ConnectionResetError] * 3
    assert await reads.read("a", row.read) == 0


async def test_one_who_hangs_up_takes_it_from_nobody() -> None:
    row, reads = Row(), SharedReads[int]()
    first, second = (asyncio.ensure_future(reads.read("a", row.read)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 0
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (reads._next, reads._running) == ({}, {})

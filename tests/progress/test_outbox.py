"""The outbox of one socket: nothing twice, nothing older than a snapshot, no ending skipped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from progress.events import Event, message
from progress.outbox import Outbox

TASKS = ("a", "b")


class Client:
    """What a page knows after the messages it was sent, the protocol's way."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.door = asyncio.Event()
        self.door.set()

    async def send(self, text: str) -> None:
        await self.door.wait()
        self.texts.append(text)

    @property
    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    def seqs(self, task: str = "a") -> list[int]:
        return [item["data"]["seq"] for item in self.heard if item["data"].get("taskId") == task]


def event(seq: int, task: str = "a", *, skippable: bool = False) -> Event:
    kind = "progress" if skippable else "task"
    return Event(task, seq, message(kind, "v", {"taskId": task, "seq": seq}), skippable)


def progress(seq: int, task: str = "a") -> Event:
    return event(seq, task, skippable=True)


def snapshot(seqs: dict[str, int]) -> str:
    return message("subscribed", "v", {"seqs": seqs})


async def settled(outbox: Outbox) -> None:
    """Let the writer send all that it may."""
    writer = asyncio.ensure_future(outbox.run())
    for _ in range(200):
        await asyncio.sleep(0)
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)


async def sent(outbox: Outbox, client: Client) -> list[int]:
    await settled(outbox)
    return client.seqs()


async def test_the_same_event_is_sent_once() -> None:
    client = Client()
    outbox = Outbox(client.send)
    for seq in (1, 2, 2, 1, 3, 3):
        outbox.offer(event(seq))
    assert await sent(outbox, client) == [1, 2, 3]


async def test_a_slow_socket_gets_the_newest_progress_only() -> None:
    client = Client()
    outbox = Outbox(client.send)
    for seq in range(1, 50):
        outbox.offer(progress(seq))
    assert await sent(outbox, client) == [49]


async def test_tasks_do_not_displace_each_other() -> None:
    client = Client()
    outbox = Outbox(client.send)
    for seq in range(1, 9):
        outbox.offer(progress(seq, "a"))
        outbox.offer(progress(seq, "b"))
    await settled(outbox)
    assert (client.seqs("a"), client.seqs("b")) == ([8], [8])


async def test_an_ending_is_never_skipped() -> None:
    client = Client()
    outbox = Outbox(client.send)
    outbox.offer(progress(1))
    outbox.offer(event(2))
    outbox.offer(event(3))
    outbox.offer(progress(4))
    outbox.offer(progress(5))
    assert await sent(outbox, client) == [2, 3, 5]


async def test_progress_never_overtakes_what_was_said_before_it() -> None:
    client = Client()
    outbox = Outbox(client.send)
    outbox.offer(progress(1))
    outbox.offer(event(2))
    outbox.offer(progress(3))
    assert await sent(outbox, client) == [2, 3]


async def test_events_wait_while_a_snapshot_is_read() -> None:
    client = Client()
    outbox = Outbox(client.send)
    outbox.hold()
    for seq in (3, 4, 5, 6):
        outbox.offer(event(seq))
    await settled(outbox)
    assert client.texts == []
    outbox.snapshot(snapshot({"a": 4}), {"a": 4})
    outbox.release()
    await settled(outbox)
    assert client.heard[0]["type"] == "subscribed"
    assert client.seqs() == [5, 6]


async def test_waiting_progress_does_not_slip_in_front_of_a_snapshot() -> None:
    client = Client()
    outbox = Outbox(client.send)
    outbox.offer(progress(1))
    outbox.hold()
    outbox.offer(progress(3))
    outbox.snapshot(snapshot({"a": 2}), {"a": 2})
    outbox.release()
    await settled(outbox)
    assert [item["type"] for item in client.heard] == ["subscribed", "progress"]


async def test_two_snapshots_at_once_hold_until_both_are_read() -> None:
    client = Client()
    outbox = Outbox(client.send)
    outbox.hold()
    outbox.hold()
    outbox.offer(event(9))
    outbox.release()
    assert await sent(outbox, client) == []
    outbox.release()
    assert await sent(outbox, client) == [9]


async def test_answers_keep_their_order_and_are_all_sent() -> None:
    client = Client()
    outbox = Outbox(client.send)
    for number in range(5):
        outbox.say(json.dumps({"data": {}, "number": number}))
    await settled(outbox)
    assert [item["number"] for item in client.heard] == [0, 1, 2, 3, 4]


async def test_a_stalled_socket_holds_little_and_catches_up() -> None:
    client = Client()
    client.door.clear()
    outbox = Outbox(client.send)
    writer = asyncio.ensure_future(outbox.run())
    for seq in range(1, 2000):
        outbox.offer(progress(seq))
        await asyncio.sleep(0)
    outbox.offer(event(2000))
    assert len(outbox._pending) <= 2
    client.door.set()
    await asyncio.sleep(0.01)
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
    assert client.seqs()[-1] == 2000


# What may happen at any moment: a change of a task, an old one arriving late, a snapshot's start
# and end, and the socket taking one more message.
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("progress"), st.sampled_from(TASKS)),
        st.tuples(st.just("ending"), st.sampled_from(TASKS)),
        st.tuples(st.just("late"), st.sampled_from(TASKS)),
        st.tuples(st.just("read"), st.just("")),
        st.tuples(st.just("answer"), st.just("")),
        st.tuples(st.just("take"), st.just("")),
    ),
    max_size=60,
)


class World:
    """A database, an outbox, and a socket that takes one message at a time."""

    def __init__(self) -> None:
        self.client = Client()
        self.outbox = Outbox(self.client.send)
        self.rows = dict.fromkeys(TASKS, 0)
        self.endings: list[tuple[str, int]] = []
        self.published: list[Event] = []
        self.reading: dict[str, int] | None = None

    async def do(self, action: str, task: str) -> None:
        if action in ("progress", "ending"):
            self.change(task, skippable=action == "progress")
        elif action == "late" and self.published:
            self.outbox.offer(self.published[len(self.published) // 2])
        elif action == "read" and self.reading is None:
            self.outbox.hold()
            self.reading = dict(self.rows)
        elif action == "answer" and self.reading is not None:
            self.answer()
        elif action == "take":
            await self.take()

    def change(self, task: str, *, skippable: bool) -> None:
        self.rows[task] += 1
        change = event(self.rows[task], task, skippable=skippable)
        if not skippable:
            self.endings.append((task, change.seq))
        self.published.append(change)
        self.outbox.offer(change)

    def answer(self) -> None:
        assert self.reading is not None
        self.outbox.snapshot(snapshot(self.reading), self.reading)
        self.outbox.release()
        self.reading = None

    async def take(self) -> None:
        if self.outbox._pending:
            key = next(iter(self.outbox._pending))
            await self.client.send(self.outbox._pending.pop(key))


def run(actions: Sequence[tuple[str, str]]) -> World:
    async def play() -> World:
        world = World()
        for action, task in actions:
            await world.do(action, task)
        if world.reading is not None:
            world.answer()
        await settled(world.outbox)
        return world

    return asyncio.run(play())


@given(ACTIONS)
def test_snapshot_and_events_together_always_end_in_the_rows_state(
    actions: list[tuple[str, str]],
) -> None:
    world = run(actions)
    known = dict.fromkeys(TASKS, 0)
    covered: set[tuple[str, int]] = set()
    for item in world.client.heard:
        if item["type"] == "subscribed":
            seqs: dict[str, int] = item["data"]["seqs"]
            covered |= {(task, n) for task, seq in seqs.items() for n in range(seq + 1)}
            assert all(seqs[task] >= known[task] for task in TASKS), "a snapshot went back"
            known = dict(seqs)
        else:
            task, seq = item["data"]["taskId"], item["data"]["seq"]
            assert seq > known[task], "not newer than what the page knows"
            known[task] = seq
            covered.add((task, seq))
    assert known == world.rows
    assert set(world.endings) <= covered, "an ending was skipped"

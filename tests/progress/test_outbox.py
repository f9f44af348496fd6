"""The outbox of one socket: nothing twice, nothing older than a snapshot, no ending skipped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from progress.events import Event, Keep, message
from progress.outbox import MAX_WAITING, MAX_WAITING_CHARACTERS, Message, Outbox, packed

TASKS = ("a", "b")


class Client:
    """A socket: takes messages while its door is open, and keeps them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.door = asyncio.Event()
        self.door.set()
        self.gone: Exception | None = None
        self.overflows = 0

    async def send(self, message: Message) -> None:
        if not self.door.is_set():
            await self.door.wait()
        if self.gone:
            raise self.gone
        self.texts.append(message["text"])

    def overflowed(self) -> None:
        self.overflows += 1

    def outbox(self) -> Outbox:
        return Outbox(self.send, self.overflowed, "ann")

    @property
    def received(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    def seqs(self, task: str = "a") -> list[int]:
        return [item["data"]["seq"] for item in self.received if item["data"].get("taskId") == task]


def event(seq: int, task: str = "a", keep: Keep = Keep.END) -> Event:
    return Event(task, seq, message(keep.value, "v", {"taskId": task, "seq": seq}), keep)


def progress(seq: int, task: str = "a") -> Event:
    return event(seq, task, Keep.PROGRESS)


def state(seq: int, task: str = "a") -> Event:
    return event(seq, task, Keep.STATE)


def offer(outbox: Outbox, *events: Event) -> None:
    for each in events:
        outbox.offer(each, packed(each.text))


def snapshot(seqs: dict[str, int]) -> str:
    return message("subscribed", "v", {"seqs": seqs})


async def stalled() -> tuple[Client, Outbox]:
    """A socket that is still taking its first message, of a task of its own."""
    client = Client()
    outbox = client.outbox()
    client.door.clear()
    offer(outbox, event(1, "first"))
    return client, outbox


async def caught_up(client: Client) -> None:
    client.door.set()
    await asyncio.sleep(0.01)


async def test_the_same_event_is_sent_once() -> None:
    client = Client()
    offer(client.outbox(), *(event(seq) for seq in (1, 2, 2, 1, 3, 3)))
    assert client.seqs() == [1, 2, 3]


async def test_a_socket_that_keeps_up_is_written_to_without_a_task() -> None:
    before = asyncio.all_tasks()
    client = Client()
    offer(client.outbox(), event(1))
    assert client.seqs() == [1]
    assert asyncio.all_tasks() == before


async def test_a_slow_socket_gets_the_newest_progress_only() -> None:
    client, outbox = await stalled()
    offer(outbox, *(progress(seq) for seq in range(1, 50)))
    await caught_up(client)
    assert client.seqs() == [49]


async def test_a_slow_socket_gets_the_newest_state_only() -> None:
    client, outbox = await stalled()
    offer(outbox, *(state(seq) for seq in range(1, 50)))
    await caught_up(client)
    assert client.seqs() == [49]


async def test_a_state_is_not_skipped_for_progress_that_follows_it() -> None:
    client, outbox = await stalled()
    offer(outbox, progress(1), state(2), progress(3), progress(4))
    await caught_up(client)
    assert client.seqs() == [2, 4]


async def test_tasks_do_not_displace_each_other() -> None:
    client, outbox = await stalled()
    for seq in range(1, 9):
        offer(outbox, progress(seq, "a"), progress(seq, "b"))
    await caught_up(client)
    assert (client.seqs("a"), client.seqs("b")) == ([8], [8])


async def test_an_ending_is_never_skipped() -> None:
    client, outbox = await stalled()
    offer(outbox, progress(1), event(2), event(3), progress(4), progress(5), state(6), event(7))
    await caught_up(client)
    assert client.seqs() == [2, 3, 7]


async def test_events_wait_while_a_snapshot_is_read() -> None:
    client = Client()
    outbox = client.outbox()
    outbox.buffer()
    offer(outbox, *(event(seq) for seq in (3, 4, 5, 6)))
    assert client.texts == []
    outbox.snapshot("v", snapshot({"a": 4}), {"a": 4})
    outbox.release()
    assert client.received[0]["type"] == "subscribed"
    assert client.seqs() == [5, 6]


async def test_waiting_events_are_merged_and_an_old_event_displaces_nothing() -> None:
    client = Client()
    outbox = client.outbox()
    outbox.buffer()
    offer(outbox, progress(2), state(3), progress(4), progress(6), state(1), progress(5))
    outbox.release()
    assert client.seqs() == [3, 6]


async def test_waiting_progress_does_not_slip_in_front_of_a_snapshot() -> None:
    client, outbox = await stalled()
    offer(outbox, progress(1))
    outbox.buffer()
    offer(outbox, progress(3))
    outbox.snapshot("v", snapshot({"a": 2}), {"a": 2})
    outbox.release()
    await caught_up(client)
    assert [item["type"] for item in client.received[1:]] == ["subscribed", "progress"]


async def test_two_snapshots_at_once_hold_until_both_are_read() -> None:
    client = Client()
    outbox = client.outbox()
    outbox.buffer()
    outbox.buffer()
    offer(outbox, event(9))
    outbox.release()
    assert client.seqs() == []
    outbox.release()
    assert client.seqs() == [9]


async def test_of_snapshots_of_one_video_that_wait_only_the_newest_is_sent() -> None:
    client, outbox = await stalled()
    for seq in range(1, 200):
        outbox.snapshot("v", snapshot({"a": seq}), {"a": seq})
    outbox.snapshot("w", snapshot({"b": 1}), {"b": 1})
    assert outbox.waiting == 2
    await caught_up(client)
    assert [item["data"]["seqs"] for item in client.received[1:]] == [{"a": 199}, {"b": 1}]


async def test_answers_keep_their_order_and_are_all_sent() -> None:
    client, outbox = await stalled()
    for number in range(5):
        outbox.say(json.dumps({"data": {}, "number": number}))
    await caught_up(client)
    assert [item["number"] for item in client.received[1:]] == [0, 1, 2, 3, 4]


# Bounds


async def test_a_stalled_socket_buffers_little_and_catches_up() -> None:
    client, outbox = await stalled()
    for seq in range(1, 2000):
        offer(outbox, progress(seq))
        await asyncio.sleep(0)
    offer(outbox, event(2000))
    assert outbox.waiting <= 2
    await caught_up(client)
    assert client.seqs()[-1] == 2000
    assert client.overflows == 0


async def test_too_many_messages_that_may_not_be_skipped_are_an_overflow() -> None:
    client, outbox = await stalled()
    offer(outbox, *(event(seq) for seq in range(1, MAX_WAITING + 1)))
    assert client.overflows == 0
    offer(outbox, event(MAX_WAITING + 1))
    assert client.overflows == 1


async def test_too_many_waiting_events_are_an_overflow_too() -> None:
    client = Client()
    outbox = client.outbox()
    outbox.buffer()
    offer(outbox, *(event(seq) for seq in range(1, MAX_WAITING + 2)))
    assert client.overflows == 1


async def test_large_messages_are_an_overflow_but_a_single_one_is_not() -> None:
    client, outbox = await stalled()
    outbox.say("x" * MAX_WAITING_CHARACTERS)
    assert client.overflows == 0
    outbox.say("x")
    assert client.overflows == 1


async def test_size_is_counted_out_again_as_messages_leave() -> None:
    client, outbox = await stalled()
    for number in range(20):
        outbox.say(f"{number}" + "x" * (MAX_WAITING_CHARACTERS // 3), about="same")
    await caught_up(client)
    assert (client.overflows, outbox._size) == (0, 0)


async def test_a_closed_one_sends_nothing_and_keeps_nothing() -> None:
    client, outbox = await stalled()
    offer(outbox, event(2, "b"))
    outbox.close()
    offer(outbox, event(3, "b"))
    outbox.say("late")
    assert outbox.waiting == 0
    await caught_up(client)
    assert client.texts == []


async def test_a_socket_that_is_gone_troubles_nobody() -> None:
    client = Client()
    outbox = client.outbox()
    client.gone = ConnectionResetError()
    offer(outbox, event(1), event(2))
    slow, other = await stalled()
    slow.gone = ConnectionResetError()
    offer(other, event(1))
    await caught_up(slow)
    assert (client.texts, slow.texts, other.waiting) == ([], [], 0)
    assert (client.overflows, slow.overflows) == (0, 0)


async def test_a_socket_that_its_server_is_closing_troubles_nobody_and_is_given_up() -> None:
    closing = RuntimeError("Unexpected ASGI message 'websocket.send', after 'websocket.close'.")
    client = Client()
    outbox = client.outbox()
    client.gone = closing
    offer(outbox, event(1), event(2))
    slow, other = await stalled()
    slow.gone = closing
    offer(other, event(1))
    await caught_up(slow)
    assert (client.texts, slow.texts, other.waiting) == ([], [], 0)
    assert (client.overflows, slow.overflows) == (1, 1)


# What may happen at any moment: a change of a task, an old one arriving late, a snapshot's start
# and end, the socket's door being shut and opened.
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["progress", "state", "ending", "late"]), st.sampled_from(TASKS)),
        st.tuples(st.sampled_from(["read", "answer", "shut", "open"]), st.just("")),
    ),
    max_size=60,
)


class World:
    """A database, an outbox, and a socket with a door."""

    def __init__(self) -> None:
        self.client = Client()
        self.outbox = self.client.outbox()
        self.rows = dict.fromkeys(TASKS, 0)
        self.endings: list[tuple[str, int]] = []
        self.published: list[Event] = []
        self.reading: dict[str, int] | None = None

    async def do(self, action: str, task: str) -> None:
        if action in ("progress", "state", "ending"):
            self.change(task, Keep("end" if action == "ending" else action))
        elif action == "late" and self.published:
            offer(self.outbox, self.published[len(self.published) // 2])
        elif action == "read" and self.reading is None:
            self.outbox.buffer()
            self.reading = dict(self.rows)
        elif action == "answer" and self.reading is not None:
            self.answer()
        elif action == "shut":
            self.client.door.clear()
        elif action == "open":
            self.client.door.set()
            await asyncio.sleep(0)

    def change(self, task: str, keep: Keep) -> None:
        self.rows[task] += 1
        change = event(self.rows[task], task, keep)
        if keep is Keep.END:
            self.endings.append((task, change.seq))
        self.published.append(change)
        offer(self.outbox, change)

    def answer(self) -> None:
        assert self.reading is not None
        self.outbox.snapshot("v", snapshot(self.reading), self.reading)
        self.outbox.release()
        self.reading = None


def run(actions: Sequence[tuple[str, str]]) -> World:
    async def play() -> World:
        world = World()
        for action, task in actions:
            await world.do(action, task)
        if world.reading is not None:
            world.answer()
        world.client.door.set()
        for _ in range(200):
            await asyncio.sleep(0)
        return world

    return asyncio.run(play())


@given(ACTIONS)
def test_snapshot_and_events_together_always_end_in_the_rows_state(
    actions: list[tuple[str, str]],
) -> None:
    world = run(actions)
    known = dict.fromkeys(TASKS, 0)
    covered: set[tuple[str, int]] = set()
    for item in world.client.received:
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

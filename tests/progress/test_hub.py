"""The hub: one encoding for all sockets of a process, from any thread."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from progress import hub as hubs
from progress.events import Change, Event
from progress.hub import Hub, current_hub, existing_hub
from progress.outbox import Message, Outbox

SOCKETS, EVENTS = 200, 50


class Ears(Outbox):
    """An outbox that keeps what it was offered."""

    def __init__(self, viewer: str = "ann") -> None:
        super().__init__(self._sent_to, self._overflowing, viewer)
        self.received: list[Event] = []
        self.messages: list[Message] = []

    def offer(self, event: Event, message: Message) -> None:
        """Keep it."""
        self.received.append(event)
        self.messages.append(message)

    async def _sent_to(self, message: Message) -> None:
        self.messages.append(message)

    def _overflowing(self) -> None:
        raise AssertionError


def change(seq: int, group: str = "video.1", task: str = "t", viewer: str = "ann") -> Change:
    return Change((group,), (Event(task, seq, f"text {seq}"),), viewer)


async def test_a_change_reaches_its_group_only(transactional_db: None) -> None:
    hub, ours, theirs = Hub(), Ears(), Ears()
    await hub.join("video.1", ours)
    await hub.join("video.2", theirs)
    hub.publish(change(1))
    await asyncio.sleep(0.05)
    assert [event.seq for event in ours.received] == [1]
    assert theirs.received == []
    hub.leave("video.1", ours)
    hub.leave("video.2", theirs)


async def test_a_socket_that_left_gets_no_events(transactional_db: None) -> None:
    hub, ears = Hub(), Ears()
    await hub.join("video.1", ears)
    hub.leave("video.1", ears)
    hub.publish(change(1))
    await asyncio.sleep(0.05)
    assert ears.received == []


async def test_many_threads_may_publish_at_once(transactional_db: None) -> None:
    hub = Hub()
    ears = [Ears() for _ in range(SOCKETS)]
    for each in ears:
        await hub.join("video.1", each)

    def work(task: str) -> None:
        for seq in range(EVENTS):
            hub.publish(change(seq, task=task))

    threads = [threading.Thread(target=work, args=(str(name),)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    await asyncio.sleep(0.1)
    assert {len(each.received) for each in ears} == {4 * EVENTS}
    by_task = [event.seq for event in ears[0].received if event.subject == "2"]
    assert by_task == list(range(EVENTS))
    for each in ears:
        hub.leave("video.1", each)


async def test_an_error_of_one_socket_does_not_affect_the_others(transactional_db: None) -> None:
    async def broken(_message: Message) -> None:
        raise RuntimeError("Unexpected ASGI message 'websocket.send', after 'websocket.close'.")

    given_up: list[int] = []
    hub, ears = Hub(), [Ears() for _ in range(8)]
    dead = [Outbox(broken, lambda: given_up.append(1), "ann") for _ in range(8)]
    for one, other in zip(ears, dead, strict=True):
        await hub.join("video.1", one)
        await hub.join("video.1", other)
    hub.publish(change(1))
    await asyncio.sleep(0.05)
    assert [len(each.received) for each in ears] == [1] * 8
    assert len(given_up) == 8
    for one, other in zip(ears, dead, strict=True):
        hub.leave("video.1", one)
        hub.leave("video.1", other)


async def test_a_change_that_comes_by_both_of_its_groups_is_sent_once_to_all(
    transactional_db: None,
) -> None:
    sent: list[str] = []

    async def send(message: Message) -> None:
        sent.append(message["text"])

    hub, groups = Hub(), ("video.1", "user.ann")
    outboxes = [Outbox(send, lambda: None, "ann") for _ in groups]
    for group, outbox in zip(groups, outboxes, strict=True):
        await hub.join(group, outbox)
    both = Change(groups, change(1).events, "ann")
    hub.publish(both)
    hub.publish(both)
    await asyncio.sleep(0.05)
    assert sent == ["text 1"] * 2
    for group, outbox in zip(groups, outboxes, strict=True):
        hub.leave(group, outbox)


async def test_every_socket_gets_the_very_same_text(transactional_db: None) -> None:
    hub, one, other = Hub(), Ears(), Ears()
    await hub.join("video.1", one)
    await hub.join("video.1", other)
    hub.publish(change(1))
    await asyncio.sleep(0.05)
    assert one.messages[0] is other.messages[0]
    hub.leave("video.1", one)
    hub.leave("video.1", other)


async def test_looking_goes_on_after_the_database_was_away(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "POLL_SECONDS", 0.01)
    hub, ears = Hub(), Ears()
    answers: Iterator[OperationalError | list[Change]] = iter(
        [OperationalError("away"), [change(1)]]
    )

    def changes(window: float) -> list[Change]:
        answer = next(answers, [])
        if isinstance(answer, OperationalError):
            raise answer
        return answer

    monkeypatch.setattr(hub, "_changes", changes)
    await hub.join("video.1", ears)
    await asyncio.sleep(0.3)
    assert [event.seq for event in ears.received] == [1]
    reported = [json.loads(message["text"]) for message in ears.messages[:1] + ears.messages[-1:]]
    assert [each["data"] for each in reported] == [{"degraded": True}, {"degraded": False}]
    hub.leave("video.1", ears)


async def test_looking_goes_on_whatever_it_met(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hubs, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(hubs, "BREATH_SECONDS", 0.01)
    hub, ears = Hub(), Ears()
    met = iter([KeyError("met")])

    def deliver(found: Change) -> None:
        for error in met:
            raise error
        Hub._deliver(hub, found)

    monkeypatch.setattr(hub, "_deliver", deliver)
    monkeypatch.setattr(hub, "_changes", lambda _window: [change(1)])
    await hub.join("video.1", ears)
    await asyncio.sleep(0.3)
    assert {event.seq for event in ears.received} == {1}
    assert "live delivery failed" in caplog.text
    hub.leave("video.1", ears)


async def test_nothing_is_polled_without_a_subscriber(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "POLL_SECONDS", 0.01)
    hub, ears, looks = Hub(), Ears(), 0

    def changes(window: float) -> list[Change]:
        nonlocal looks
        looks += 1
        return []

    monkeypatch.setattr(hub, "_changes", changes)
    await asyncio.sleep(0.1)
    assert looks == 0
    await hub.join("video.1", ears)
    await asyncio.sleep(0.2)
    assert looks > 0
    hub.leave("video.1", ears)
    await asyncio.sleep(0.1)
    before = looks
    await asyncio.sleep(0.1)
    assert looks == before


async def test_a_socket_that_comes_after_everybody_had_left_gets_events_again(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "POLL_SECONDS", 0.01)
    hub, old, new = Hub(), Ears(), Ears()
    await hub.join("video.1", old)
    hub.leave("video.1", old)
    assert hub.groups == 0
    await asyncio.sleep(0.05)
    monkeypatch.setattr(hub, "_changes", lambda _window: [change(1)])
    await hub.join("video.1", new)
    await asyncio.sleep(0.2)
    assert new.received
    assert old.received == []


async def test_a_change_is_for_those_who_may_see_it_now_whatever_group_they_joined(
    transactional_db: None,
) -> None:
    hub, ann, bob = Hub(), Ears("ann"), Ears("bob")
    await hub.join("video.1", ann)
    await hub.join("video.1", bob)
    hub.publish(change(1, viewer="bob"))
    await asyncio.sleep(0.05)
    assert ann.received == []
    assert [event.seq for event in bob.received] == [1]


async def test_there_is_one_hub_for_all_sockets_of_a_process() -> None:
    assert current_hub() is current_hub()
    assert existing_hub() is current_hub()


def test_without_sockets_publishing_costs_nothing() -> None:
    assert existing_hub() is None


async def test_a_closed_loop_is_no_trouble_to_a_worker_that_publishes() -> None:
    loop = asyncio.new_event_loop()
    began = time.monotonic()

    async def make() -> Hub:
        return Hub()

    hub = await asyncio.to_thread(loop.run_until_complete, make())
    loop.close()
    hub.publish(change(1))
    assert not hub.alive
    assert time.monotonic() - began < 5

"""Who may open a socket, and who may keep it."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from progress import connection_guard as guards
from progress.connection_guard import current_guard
from progress.consumer import LiveConsumer
from progress.hub import current_hub
from tests import factories
from tests.progress.conftest import Open
from tests.progress.sockets import HOST, Socket, in_a_thread
from tests.servers.live import wait_for
from videos.models import Video, task_state
from vrewcraft.accounts.models import Token, User

make_task = sync_to_async(factories.task)


async def in_thread(change: Any) -> None:
    await asyncio.to_thread(in_a_thread, change)


async def test_a_revoked_token_closes_its_sockets_at_once(open_socket: Open, video: Video) -> None:
    socket = await open_socket()
    await socket.subscribe(video.pk)
    await in_thread(Token.objects.all().delete)
    assert await socket.closed() == 4401
    assert current_hub().groups == 0


async def test_an_account_that_is_turned_off_closes_its_sockets_and_no_others(
    open_socket: Open, owner: User
) -> None:
    bob = await sync_to_async(factories.person)("bob")
    theirs = Socket({"host": HOST, "authorization": f"Bearer {await issue(bob)}"})
    assert await theirs.opens()
    mine = await open_socket()
    await mine.subscribe("*")

    def turn_off() -> None:
        bob.is_active = False
        bob.save()

    await in_thread(turn_off)
    assert await theirs.closed() == 4401
    assert (await mine.subscribe("*"))["type"] == "subscribed"
    await theirs.communicator.disconnect()


async def test_an_access_that_ends_during_the_handshake_closes_the_socket_at_once(
    open_socket: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = LiveConsumer.accept

    async def meanwhile_revoked(socket: LiveConsumer) -> None:
        await in_thread(Token.objects.all().delete)
        await asyncio.sleep(0.2)
        await accept(socket)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(LiveConsumer, "accept", meanwhile_revoked)
    socket = await open_socket()
    assert await socket.closed() == 4401


async def issue(user: User) -> str:
    secret: str = await sync_to_async(Token.objects.issue)(user, "tests")
    return secret


async def test_lost_access_that_was_not_announced_is_found_within_a_minute(
    open_socket: Open, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guards.RECHECK_SECONDS <= 60
    monkeypatch.setattr(guards, "RECHECK_SECONDS", 0.1)
    socket = await open_socket()
    await socket.subscribe("*")
    await in_thread(lambda: User.objects.filter(pk=owner.pk).update(is_active=False))
    assert await socket.closed() == 4401


async def test_events_of_a_video_that_changed_owner_are_no_longer_sent(
    open_socket: Open, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "RECHECK_SECONDS", 0.1)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    bob = await sync_to_async(factories.person)("bob")
    await in_thread(lambda: Video.objects.filter(pk=video.pk).update(owner=bob))
    answer = await socket.hear()
    assert (answer["videoId"], answer["data"]["code"]) == (str(video.pk), "not_found")
    assert current_hub().groups == 0
    assert (await socket.subscribe("*"))["type"] == "subscribed"


@pytest.mark.slow
async def test_the_very_first_event_after_that_is_not_sent(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    bob = await sync_to_async(factories.person)("bob")

    def give_away_and_cancel() -> None:
        Video.objects.filter(pk=video.pk).update(owner=bob)
        type(task).objects.filter(pk=task.pk).update(owner=bob)
        task_state.cancel(task)

    await in_thread(give_away_and_cancel)
    assert await socket.quiet(1.2)


async def test_a_deleted_video_may_still_be_restored_and_is_kept(
    open_socket: Open, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "RECHECK_SECONDS", 0.1)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    await in_thread(partial(video.changed, deleted_at=timezone.now()))
    assert (await socket.hear())["data"]["deleted"] is True
    await asyncio.sleep(0.3)
    await in_thread(partial(video.changed, deleted_at=None))
    assert (await socket.hear())["data"]["deleted"] is False


async def test_a_check_that_fails_closes_nothing(
    open_socket: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guards, "RECHECK_SECONDS", 0.05)

    def broken(ids: object) -> dict[Any, Any]:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(guards, "_owners", broken)
    socket = await open_socket()
    assert (await socket.subscribe("*"))["type"] == "subscribed"
    await asyncio.sleep(0.3)
    assert (await socket.subscribe("*"))["type"] == "subscribed"
    assert "checking access failed" in caplog.text


@pytest.mark.parametrize(
    ("setting", "addresses", "codes"),
    [
        ("VREWCRAFT_SOCKETS_PER_USER", ["10.0.0.1", "10.0.0.2", "10.0.0.3"], [None, None, 4028]),
        ("VREWCRAFT_SOCKETS_PER_ADDRESS", ["10.0.0.1", "10.0.0.1", "10.0.0.1"], [None, None, 4028]),
        ("VREWCRAFT_SOCKETS_PER_ADDRESS", ["10.0.0.1", "10.0.0.1", "10.0.0.2"], [None, None, None]),
    ],
)
async def test_sockets_are_counted_by_person_and_by_address(
    secret: str, settings: Any, setting: str, addresses: list[str], codes: list[int | None]
) -> None:
    setattr(settings, setting, 2)
    sockets = [
        Socket({"host": HOST, "authorization": f"Bearer {secret}"}, address)
        for address in addresses
    ]
    for socket, code in zip(sockets, codes, strict=True):
        assert await socket.opens()
        if code:
            assert await socket.closed() == code
        else:
            assert (await socket.subscribe("*"))["type"] == "subscribed"
    await sockets[0].communicator.disconnect()
    again = Socket({"host": HOST, "authorization": f"Bearer {secret}"}, addresses[0])
    assert await again.opens()
    if codes[-1]:
        assert (await again.subscribe("*"))["type"] == "subscribed"
    for socket in [*sockets[1:], again]:
        await socket.communicator.disconnect()
    assert current_guard().sockets == 0


class Line:
    """The other end of a socket without a client: says what it is told to, then hangs up."""

    def __init__(self, *says: dict[str, Any]) -> None:
        self.says = [{"type": "websocket.connect"}, *says]
        self.received = 0

    async def receive(self) -> dict[str, Any]:
        return self.says.pop(0) if self.says else {"type": "websocket.disconnect", "code": 1006}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.received += 1


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [1000, pytest.param(10_000, marks=pytest.mark.long)])
async def test_sockets_that_come_and_go_leave_nothing_behind(
    secret: str, video: Video, caplog: pytest.LogCaptureFixture, count: int
) -> None:
    from vrewcraft.asgi import application

    caplog.set_level(logging.WARNING, "progress")  # pytest would keep every line
    headers = [(b"host", HOST.encode()), (b"authorization", f"Bearer {secret}".encode())]
    scope = {"type": "websocket", "path": "/ws/", "headers": headers, "client": ("10.0.0.1", 1)}
    asked = [
        {"type": "websocket.receive", "text": f'{{"type":"subscribe","videoId":"{each}"}}'}
        for each in (video.pk, "*")
    ]

    async def come_and_go(count: int) -> None:
        for number in range(count):
            line = Line(*asked[: number % 3])
            await application(dict(scope), line.receive, line.send)
            assert line.received == 1 + number % 3

    def objects() -> int:
        gc.collect()
        return len(gc.get_objects())

    await come_and_go(300)
    before = objects()
    await come_and_go(count)
    assert objects() - before < 500
    assert current_hub().groups == 0
    assert current_guard().sockets == 0
    assert len(asyncio.all_tasks()) < 10


async def test_a_socket_that_does_not_read_is_closed_and_lets_go_of_everything(
    secret: str, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    from progress import consumer, outbox
    from vrewcraft.asgi import application

    monkeypatch.setattr(outbox, "MAX_WAITING", 20)
    monkeypatch.setattr(consumer, "CLOSE_SECONDS", 0.2)
    stuck = asyncio.Event()
    waits: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] != "websocket.accept":
            await stuck.wait()

    waits.put_nowait({"type": "websocket.connect"})
    asked = f'{{"type":"subscribe","videoId":"{video.pk}"}}'
    waits.put_nowait({"type": "websocket.receive", "text": asked})
    headers = [(b"host", HOST.encode()), (b"authorization", f"Bearer {secret}".encode())]
    scope = {"type": "websocket", "path": "/ws/", "headers": headers}
    serving = asyncio.ensure_future(application(scope, waits.get, send))
    hub = current_hub()
    await asyncio.to_thread(wait_for, lambda: hub.groups, 5, "the subscription")
    for _ in range(25):
        task = await make_task(video)
        await in_thread(partial(task_state.cancel, task))
    await asyncio.wait_for(serving, 10)
    assert current_hub().groups == 0
    assert current_guard().sockets == 0

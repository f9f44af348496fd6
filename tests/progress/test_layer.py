"""The channel layer between processes, on a real Valkey."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from progress import hub as hubs
from progress import process, publisher
from progress.events import Change, Event, Keep, user_group, video_group
from progress.hub import current_hub
from progress.layer import CHANGED, pack, unpack
from progress.outbox import Message, Outbox
from tests import factories
from tests.progress.conftest import Open
from tests.progress.sockets import Socket, in_a_thread, in_another_process
from tests.progress.test_consumer import changed_elsewhere
from tests.servers.live import wait_for
from tests.servers.services import ValkeyServer
from videos.models import Video, task_state

make_task = sync_to_async(factories.task)


def test_a_change_survives_the_journey() -> None:
    events = (Event("t", 3, '{"name":"안녕"}', Keep.PROGRESS), Event("t", 4, "{}"))
    change = Change(("video.1", "user.2"), events, "2")
    assert unpack(json.loads(json.dumps(pack(change)))) == change


@pytest.fixture
def layer(settings: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """Settings as with REDIS_URL; the address."""
    url: str = request.getfixturevalue("valkey_url")
    yield use(settings, url)
    process.current.stop()


def use(settings: Any, url: str) -> str:
    process.current.publisher = None
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": url, "socket_timeout": None}]},
        }
    }
    return url


pytestmark = pytest.mark.valkey


@pytest.fixture
def no_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the layer brings news."""
    monkeypatch.setattr(hubs, "POLL_WITH_LAYER_SECONDS", 3600)


@pytest.mark.usefixtures("layer", "no_looking")
async def test_a_change_in_this_process_arrives_through_the_layer(
    open_socket: Open, video: Video
) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    assert (await socket.hear())["data"]["status"] == "cancelled"
    assert await socket.quiet()


@pytest.mark.usefixtures("no_looking")
async def test_a_change_of_another_process_arrives_through_the_layer(
    layer: str, open_socket: Open, video: Video
) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    await socket.subscribe("*")
    await in_another_process(
        "-c", changed_elsewhere(task) + "import time; time.sleep(0.5)", redis_url=layer
    )
    received = [await socket.hear()]
    while received[-1]["type"] != "complete":
        received.append(await socket.hear())
    assert [item["data"]["seq"] for item in received] == sorted(
        {i["data"]["seq"] for i in received}
    )
    assert await socket.quiet()


@pytest.mark.usefixtures("layer", "no_looking")
async def test_a_group_is_joined_again_after_everybody_had_left(
    open_socket: Open, video: Video
) -> None:
    first = await open_socket()
    await first.subscribe(video.pk)
    await first.say(type="unsubscribe", videoId=str(video.pk))
    assert await first.quiet()
    task = await make_task(video)
    second = await open_socket()
    await second.subscribe(video.pk)
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    assert (await second.hear())["data"]["status"] == "cancelled"


@pytest.mark.usefixtures("layer", "no_looking")
async def test_a_copy_that_comes_by_one_group_is_for_the_sockets_of_both(
    open_socket: Open, video: Video
) -> None:
    both, one = await open_socket(), await open_socket()
    await both.subscribe("*")
    await one.subscribe(video.pk)
    groups = (video_group(video.pk), user_group(video.owner_id))
    copy = pack(Change(groups, (Event("t", 1, "{}"),), str(video.owner_id)))
    await get_channel_layer().group_send(user_group(video.owner_id), copy)
    assert await one.hear() == {}
    assert await both.hear() == {}
    await get_channel_layer().group_send(video_group(video.pk), copy)
    assert await one.quiet()


@pytest.mark.usefixtures("no_looking")
async def test_an_event_of_another_version_stops_nothing(
    layer: str, open_socket: Open, video: Video, caplog: pytest.LogCaptureFixture
) -> None:
    socket = await open_socket()
    await socket.subscribe(video.pk)
    group = video_group(video.pk)
    events = [{"subject": "t", "seq": 1, "text": "{}", "skippable": True}]
    older = {"type": CHANGED, "group": group, "events": events}
    await get_channel_layer().group_send(group, older)
    assert await hears_of(socket, video)
    assert "of another version" in caplog.text


async def test_of_groups_that_everybody_has_left_nothing_stays_in_the_layer(
    layer: str, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    monkeypatch.setattr("progress.layer.BEAT_SECONDS", 0.1)
    hub = current_hub()
    outboxes = [Outbox(_nowhere, lambda: None, "ann") for _ in range(20)]
    for number in range(500):
        for outbox in outboxes:
            await hub.join(video_group(f"of-many-{number}"), outbox)
    assert len(followed(layer)) == 500
    for number in range(500):
        for outbox in outboxes:
            hub.leave(video_group(f"of-many-{number}"), outbox)
    assert hub.groups == 0
    await asyncio.to_thread(wait_for, lambda: not followed(layer), 20, "the groups' end")


async def _nowhere(_message: Message) -> None:
    """A socket that nothing is sent to."""


def followed(layer: str) -> list[str]:
    """The channels of this test's groups that anybody hears."""
    with redis.Redis.from_url(layer, decode_responses=True) as client:
        return [name for name in client.pubsub_channels() if "of-many-" in name]


# When the layer is away


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks and beats follow one another sooner, so that a test need not take so long."""
    monkeypatch.setattr(hubs, "POLL_WITH_LAYER_SECONDS", 0.3)
    monkeypatch.setattr("progress.layer.BEAT_SECONDS", 0.2)
    monkeypatch.setattr("progress.layer.SILENCE_SECONDS", 0.6)
    monkeypatch.setattr("progress.layer.PATIENCE_SECONDS", 0.4)


@pytest.fixture
def own_layer(settings: Any, own_valkey: ValkeyServer) -> Iterator[ValkeyServer]:
    """A Valkey that a test may break."""
    use(settings, own_valkey.url)
    yield own_valkey
    process.current.publisher = None


async def degraded(socket: Socket) -> bool:
    """What the next word on it says; events are passed over."""
    while (received := await socket.hear(20))["type"] != "degraded":
        pass
    return bool(received["data"]["degraded"])


async def hears_of(socket: Socket, video: Video) -> bool:
    """Whether a change made now arrives; that the layer was away may still be told before it."""
    task = await make_task(video)
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    received = await socket.hear(20)
    while received["type"] == "degraded":
        received = await socket.hear(20)
    return bool(received["type"] == "task" and received["data"]["taskId"] == str(task.pk))


@pytest.mark.usefixtures("quick")
async def test_while_it_is_gone_sockets_stay_and_learn_from_the_database(
    own_layer: ValkeyServer, open_socket: Open, video: Video, caplog: pytest.LogCaptureFixture
) -> None:
    early = await open_socket()
    await early.subscribe(video.pk)
    assert await hears_of(early, video)
    own_layer.kill9()
    assert await degraded(early) is True
    late = await open_socket()
    assert (await late.subscribe("*"))["type"] == "subscribed"
    assert await degraded(late) is True
    assert await hears_of(early, video)
    assert (await late.hear())["type"] == "task"
    own_layer.start()
    assert await degraded(early) is False
    assert await degraded(late) is False
    assert await hears_of(early, video)
    said = [record.getMessage() for record in caplog.records]
    assert sum("the channel layer is unreachable" in each for each in said) == 1
    assert "Traceback" not in caplog.text


def restarted(valkey: ValkeyServer) -> None:
    valkey.kill9()
    valkey.start()


def stopped_for_a_while(valkey: ValkeyServer) -> None:
    """It hangs: connections stay open and nothing answers."""
    assert valkey._process is not None
    os.kill(valkey._process.pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(valkey._process.pid, signal.SIGCONT)


def commanded(*words: str, valkey: ValkeyServer) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.execute_command(*words)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "breaks",
    [
        restarted,
        stopped_for_a_while,
        lambda valkey: commanded("FLUSHALL", valkey=valkey),
        lambda valkey: commanded("CLIENT", "KILL", "TYPE", "pubsub", valkey=valkey),
        lambda valkey: commanded("CLIENT", "KILL", "TYPE", "normal", valkey=valkey),
    ],
    ids=["restarted", "hung", "emptied", "subscriptions cut", "connections cut"],
)
async def test_after_it_was_broken_events_come_through_it_again(
    own_layer: ValkeyServer,
    open_socket: Open,
    video: Video,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[ValkeyServer], None],
) -> None:
    socket = await open_socket()
    await socket.subscribe(video.pk)
    task = await make_task(video)
    breaking = asyncio.ensure_future(asyncio.to_thread(breaks, own_layer))
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    await breaking
    received = await socket.hear(20)
    while received["type"] != "task" or received["data"]["status"] != "cancelled":
        received = await socket.hear(20)
    hub = current_hub()
    await asyncio.to_thread(wait_for, lambda: not hub.degraded, 20, "the layer")
    # From here on nothing is looked for: what arrives came through the layer.
    monkeypatch.setattr(hubs, "POLL_WITH_LAYER_SECONDS", 3600)
    await asyncio.sleep(0.5)
    while not await socket.quiet(0.3):
        await socket.hear()
    assert await hears_of(socket, video)


@pytest.mark.usefixtures("quick")
async def test_a_layer_that_hangs_does_not_fill_the_memory_of_a_worker(
    own_layer: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "PATIENCE_SECONDS", 0.4)
    sender = publisher.Publisher()
    assert own_layer._process is not None
    os.kill(own_layer._process.pid, signal.SIGSTOP)
    change = Change(("video.1",), (Event("t", 1, "{}"),), "ann")
    for _ in range(3 * publisher.MAX_UNDER_WAY):
        sender.publish(change)
    assert sender._under_way <= publisher.MAX_UNDER_WAY
    os.kill(own_layer._process.pid, signal.SIGCONT)
    await asyncio.to_thread(wait_for, lambda: not sender._under_way, 20, "the end of it")

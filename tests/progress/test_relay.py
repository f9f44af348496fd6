"""The channel layer between processes, on a real Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from progress import hub as hubs
from progress import receivers
from progress.events import Change, Event
from progress.relay import pack, unpack
from tests import factories
from tests.progress.conftest import Open
from tests.progress.sockets import in_a_thread, in_another_process
from tests.progress.test_consumers import changed_elsewhere
from tests.servers.services import ValkeyServer
from videos.models import Video
from videos.models import lifecycle as state

make_task = sync_to_async(factories.task)


def test_a_change_survives_the_journey() -> None:
    events = (Event("t", 3, '{"name":"안녕"}', skippable=True), Event("t", 4, "{}"))
    change = Change(("video.1", "user.2"), events)
    assert unpack(pack(change, "user.2")) == Change(("user.2",), events)


@pytest.fixture
def layer(settings: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """Settings as with REDIS_URL; the address."""
    url: str = request.getfixturevalue("valkey_url")
    yield use(settings, url)
    receivers._publisher.cache_clear()


def use(settings: Any, url: str) -> str:
    receivers._publisher.cache_clear()
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
    monkeypatch.setattr(hubs, "LOOK_BESIDE_LAYER_SECONDS", 3600)


@pytest.mark.usefixtures("layer", "no_looking")
async def test_a_change_in_this_process_arrives_through_the_layer(
    open_socket: Open, video: Video
) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    await asyncio.to_thread(in_a_thread, partial(state.cancel, task))
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
    heard = [await socket.hear()]
    while heard[-1]["type"] != "complete":
        heard.append(await socket.hear())
    assert [item["data"]["seq"] for item in heard] == sorted({i["data"]["seq"] for i in heard})
    assert await socket.quiet()


@pytest.mark.usefixtures("layer", "no_looking")
async def test_it_is_heard_again_after_everybody_had_left(open_socket: Open, video: Video) -> None:
    first = await open_socket()
    await first.subscribe(video.pk)
    await first.say(type="unsubscribe", videoId=str(video.pk))
    assert await first.quiet()
    task = await make_task(video)
    second = await open_socket()
    await second.subscribe(video.pk)
    await asyncio.to_thread(in_a_thread, partial(state.cancel, task))
    assert (await second.hear())["data"]["status"] == "cancelled"


async def test_pages_learn_from_the_database_while_it_is_away(
    settings: Any,
    own_valkey: ValkeyServer,
    open_socket: Open,
    video: Video,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(hubs, "LOOK_BESIDE_LAYER_SECONDS", 0.2)
    use(settings, own_valkey.url)
    task, other = await make_task(video), await make_task(video)
    early = await open_socket()
    await early.subscribe(video.pk)
    own_valkey.kill9()
    late = await open_socket()
    assert (await late.subscribe("*"))["type"] == "subscribed"
    await asyncio.to_thread(in_a_thread, partial(state.cancel, task))
    for socket in (early, late):
        assert (await socket.hear())["data"]["status"] == "cancelled"
    own_valkey.start()
    await asyncio.to_thread(in_a_thread, partial(state.cancel, other))
    for socket in (early, late):
        assert (await socket.hear())["data"]["taskId"] == str(other.pk)
    assert "cannot be reached" in caplog.text
    receivers._publisher.cache_clear()

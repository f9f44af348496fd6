"""The product with a publisher inside.

`POST /bench/publish` publishes events at a rate from a thread, as a worker in the serving process
does. `/plain/` is a consumer in a group of the channel layer, the usual way of Channels.

    python -m bench.live.application                serve at PORT, as `manage.py serve` does
    python -m bench.live.application RATE SECONDS   publish, as a worker process does
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")

from vrewcraft.asgi import application as product  # noqa: I001 (it sets Django up)

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings

from bench.live.load import Emit, publish_all
from progress.events import Change, Event, Keep, video_group
from progress.hub import existing_hub
from progress.publisher import Publisher
from tests import factories
from videos.models import Video
from videos.models import progress_write
from videos.models import task_state
from videos.core.enums import StepCode
from vrewcraft import server
from vrewcraft.http.body_limit import body_limit


class PlainConsumer(AsyncWebsocketConsumer):
    """Every socket in a group of the layer, each subscription answered as the product does."""

    async def connect(self) -> None:
        await self.channel_layer.group_add("plain", self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data='{"type": "subscribed", "videoId": null, "data": {}}')

    async def bench_event(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard("plain", self.channel_name)


plain: Any = PlainConsumer.as_asgi()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The product, and beside it what the bench needs."""
    if scope["type"] == "websocket" and scope["path"] == "/plain/":
        await plain(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == "/bench/publish":
        query = dict(parse_qsl(scope["query_string"].decode()))
        emit = emitter(query.pop("how"))
        numbers = {name: json.loads(value) for name, value in query.items()}
        video_ids = ids()[1 : 1 + numbers.pop("videos")]
        work = partial(publish_all, emit, video_ids, **numbers)
        threading.Thread(target=work, daemon=True).start()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
    else:
        await product(scope, receive, send)


@cache
def ids() -> list[str]:
    """What the bench has prepared: the owner's id, then those of the videos."""
    return Path(settings.VREWCRAFT_DATA_DIR, "bench-ids").read_text("ascii").split()


def emitter(how: str) -> Emit:
    """What is done for each event: `tasks`, `plain`, `hub`, or `worker`."""
    if how == "tasks":
        return run_task
    # The thread that publishes is woken within a millisecond, however busy others are.
    sys.setswitchinterval(0.001)
    if how == "plain":
        return partial(to_plain, asyncio.get_running_loop(), get_channel_layer())
    return partial(publish, Publisher().publish if how == "worker" else to_hub)


def to_hub(change: Change) -> None:
    """As a receiver of the product publishes in the serving process."""
    hub = existing_hub()
    if hub:
        hub.publish(change)


def publish(to: Callable[[Change], None], video_id: str, seq: int, text: str) -> None:
    """An event that may not be skipped, so that none lost can hide."""
    event = Event(f"bench.{video_id}", seq, text, Keep.END)
    to(Change((video_group(video_id),), (event,), ids()[0]))


def to_plain(
    loop: asyncio.AbstractEventLoop, layer: Any, video_id: str, seq: int, text: str
) -> None:
    """Into the group, on the server's loop: from another thread the layer is not safe."""
    event = {"type": "bench.event", "text": text}
    asyncio.run_coroutine_threadsafe(layer.group_send("plain", event), loop)


def run_task(video_id: str, seq: int, text: str) -> None:
    """A task from its request to one of its ends; when that was is written down."""
    task = factories.task(Video.objects.get(pk=video_id))
    claim = factories.claim(task)
    for fraction in (0.3, 0.6):
        progress_write.advance(claim, progress_write.Advance(fraction, StepCode.COPYING))
    ends = (
        lambda: task_state.complete(claim, [factories.output(task)]),
        lambda: task_state.fail(claim, task_state.Failure("crash", {})),
        lambda: task_state.end_cancelled(claim),
    )
    random.choice(ends)()
    with Path(settings.VREWCRAFT_DATA_DIR, "ends").open("a", encoding="ascii") as file:
        file.write(f"{video_id} {task.pk} {time.time()}\n")


def serve() -> None:
    """Serve with the built-in server until told to stop."""
    server.run(
        "daphne",
        application,
        server.bind("127.0.0.1", int(os.environ["PORT"])),
        on_ready=lambda _host, _port: None,
        on_stopping=lambda: None,
        options=server.Options(
            body_limit=body_limit, spool_dir=Path(settings.VREWCRAFT_DATA_DIR, "incoming")
        ),
    )


if __name__ == "__main__":
    if not sys.argv[1:]:
        serve()
    else:
        publish_all(emitter("worker"), ids()[1:2], *map(float, sys.argv[1:]))
        time.sleep(1)

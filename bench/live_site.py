"""The product with a publisher inside, for `make bench-live`.

`POST /bench/publish` publishes events at a rate from a thread, as a worker in the serving process
does. `/plain/` is a consumer in a group of the channel layer, the usual way of Channels.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")

from vrewcraft.asgi import application as product  # noqa: I001 (it sets Django up)

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings

from bench.live_load import PADDING, Due, Order, be_punctual, carry_out, event_text
from bench.live_tasks import run_one
from progress.events import Change, Event, Keep, video_group
from progress.hub import existing_hub

Emit = Callable[[Due], None]


class PlainConsumer(AsyncWebsocketConsumer):
    """Every socket in a group of the layer."""

    async def connect(self) -> None:
        """Join."""
        await self.channel_layer.group_add("plain", self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Answer a subscription as the product does."""
        await self.send(text_data='{"type": "subscribed", "videoId": null, "data": {}}')

    async def bench_event(self, event: dict[str, Any]) -> None:
        """Pass an event on."""
        await self.send(text_data=event["text"])

    async def disconnect(self, code: int) -> None:
        """Leave."""
        await self.channel_layer.group_discard("plain", self.channel_name)


plain: Any = PlainConsumer.as_asgi()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The product, and beside it what the bench needs."""
    if scope["type"] == "websocket" and scope["path"] == "/plain/":
        await plain(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == "/bench/publish":
        query = {key: value[0] for key, value in parse_qs(scope["query_string"].decode()).items()}
        order = Order.from_query(query)
        work = (order, videos()[1:], emitter(query["how"], order))
        threading.Thread(target=carry_out, args=work, daemon=True).start()
        await answer(send, {"events": order.count})
    else:
        await product(scope, receive, send)


@cache
def videos() -> list[str]:
    """The ids that the bench has prepared: the owner's, then those of the videos."""
    return Path(settings.VREWCRAFT_DATA_DIR, "bench-videos").read_text("ascii").split()


def emitter(how: str, order: Order) -> Emit:
    """What is done for each event of an order."""
    if how == "tasks":
        return run_one
    be_punctual()
    return to_plain() if how == "plain" else to_hub(order)


def to_hub(order: Order) -> Emit:
    """As a receiver of the product publishes in the serving process."""

    def emit(due: Due) -> None:
        hub = existing_hub()
        if hub:
            hub.publish(change(due, videos()[0], order.padding))

    return emit


def change(due: Due, owner: str, padding: int = PADDING) -> Change:
    """An event that may not be skipped, so that none lost can hide."""
    event = Event(f"bench.{due.video_id}", due.seq, event_text(due, padding), Keep.END)
    return Change((video_group(due.video_id),), (event,), owner)


def to_plain() -> Emit:
    """Into the group, on the server's loop: from another thread the layer is not safe."""
    loop, layer = asyncio.get_running_loop(), get_channel_layer()

    def emit(due: Due) -> None:
        event = {"type": "bench.event", "text": event_text(due)}
        asyncio.run_coroutine_threadsafe(layer.group_send("plain", event), loop)

    return emit


async def answer(send: Any, body: dict[str, Any]) -> None:
    """A small answer as JSON."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})

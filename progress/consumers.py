"""The WebSocket at /ws/: one consumer per socket. Events reach it through the hub."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from functools import partial
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from progress import snapshots
from progress.events import message, user_group, video_group
from progress.hub import current_hub
from progress.outbox import Outbox
from videos import wire

logger = logging.getLogger(__name__)

Snapshot = tuple[dict[str, Any], dict[str, int]]

EVERYTHING = "*"
MAX_SUBSCRIPTIONS = 32
SLOW_READER = 4008
TOO_MANY = "too_many_subscriptions"


class LiveConsumer(AsyncWebsocketConsumer):
    """Joins the groups that the client subscribes to: join, then read the state, then forward."""

    async def connect(self) -> None:
        """Accept; who it is has been settled before."""
        await self.accept()
        self.user = self.scope["user"]
        self.hub = current_hub()
        self.outbox = Outbox(self._send_text)
        self.groups_joined: dict[str, str] = {}
        self.writer = asyncio.get_running_loop().create_task(self.outbox.run())
        logger.info("socket opened", extra={"user": self.user.pk})

    async def disconnect(self, code: int) -> None:
        """Leave every group."""
        if not hasattr(self, "writer"):
            return
        for group in self.groups_joined.values():
            await self.hub.leave(group, self.outbox)
        self.groups_joined.clear()
        self.writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.writer
        logger.info("socket closed", extra={"user": self.user.pk, "code": code})

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One message of the client."""
        if self.outbox.overflows:
            await self.close(SLOW_READER)
            return
        asked = _parse(text_data)
        if asked is None:
            logger.info("socket message not understood", extra={"user": self.user.pk})
            self._refuse(None, "bad_message")
            return
        kind, video_id = asked
        if kind == "subscribe":
            await self._subscribe(video_id)
        else:
            await self._unsubscribe(video_id)

    async def _subscribe(self, video_id: str) -> None:
        key = None
        if video_id != EVERYTHING:
            key = await database_sync_to_async(snapshots.find)(self.user, video_id)
            if key is None:
                self._refuse(video_id, "not_found")
                return
        if video_id not in self.groups_joined and len(self.groups_joined) >= MAX_SUBSCRIPTIONS:
            self._refuse(video_id, TOO_MANY)
            return
        group = video_group(key) if key else user_group(self.user.pk)
        self.outbox.hold()
        try:
            self.groups_joined[video_id] = group
            await self.hub.join(group, self.outbox)
            data, seqs = await self._snapshot(key)
            self.outbox.snapshot(message("subscribed", video_id, data), seqs)
        finally:
            self.outbox.release()

    async def _snapshot(self, key: UUID | None) -> Snapshot:
        read = partial(snapshots.of_video, key) if key else partial(snapshots.of_user, self.user)
        snapshot: Snapshot = await database_sync_to_async(read)()
        return snapshot

    async def _unsubscribe(self, video_id: str) -> None:
        group = self.groups_joined.pop(video_id, None)
        if group:
            await self.hub.leave(group, self.outbox)

    def _refuse(self, video_id: str | None, code: str) -> None:
        self.outbox.say(message("error", video_id, wire.english_error(code, {})))

    async def _send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})


def _parse(text: str | None) -> tuple[str, str] | None:
    """(type, videoId) of a message that is understood."""
    try:
        asked = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or asked.get("type") not in ("subscribe", "unsubscribe"):
        return None
    video_id = asked.get("videoId")
    return (asked["type"], video_id) if isinstance(video_id, str) and video_id else None

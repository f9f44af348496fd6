"""The WebSocket at /ws/: one consumer per socket. Events reach it through the hub."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from functools import partial
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseFault

from progress import db_reader, protocol, snapshots
from progress.connection_guard import TOO_MANY_SOCKETS, current_guard
from progress.events import degraded_message, message, user_group, video_group
from progress.outbox import GONE, Outbox
from progress.shared_read import SharedReads
from progress.snapshots import Snapshot
from videos.models.lookup import as_key
from videos.serializers.error import english_error

logger = logging.getLogger(__name__)

MAX_SUBSCRIPTIONS = 32
TOO_MANY = "too_many_subscriptions"
# Close codes of docs/protocol.md.
TOO_BIG, SERVER_FAILED = 1009, 1011
SLOW_READER, TOO_MANY_MESSAGES = 4008, 4029
CLOSE_SECONDS = 5.0
"""How long a client that does not read may keep its close frame from being sent."""


class LiveConsumer(AsyncWebsocketConsumer):
    """Joins the groups that the client subscribes to: join, then read the state, then forward."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket until it is gone.

        Channels' own loop would keep two tasks and a channel of the layer for each socket, and hop
        to a thread for each message.
        """
        self.scope, self.base_send = scope, send
        self.user, self.access, self.ended = scope["user"], scope["access"], scope["access_ended"]
        self.address = str((scope.get("client") or ("",))[0])
        self.guard = current_guard()
        self.hub = self.guard.hub
        self.groups_joined: dict[str, tuple[str, UUID | None]] = {}
        self.outbox = Outbox(send, partial(self.end, SLOW_READER), str(self.user.pk))
        self._clock = asyncio.get_running_loop().time
        self._allowance = protocol.Allowance(self._clock())
        self._main = asyncio.current_task()
        self._ending: asyncio.Task[None] | None = None
        self._gave_up = False
        try:
            await self._serve(receive)
        except asyncio.CancelledError:
            if not self._gave_up:
                raise
        finally:
            self._leave()

    @property
    def watched(self) -> Collection[UUID]:
        """The videos that it watches by their ids."""
        return {key for _group, key in self.groups_joined.values() if key}

    def end(self, code: int) -> None:
        """Close the socket; nothing more is sent and what still comes is ignored."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._close(code))

    def forget(self, video_id: UUID) -> None:
        """Unsubscribe from a video that is gone, or belongs to another user by now."""
        for requested, (group, key) in list(self.groups_joined.items()):
            if key == video_id:
                del self.groups_joined[requested]
                self.hub.leave(group, self.outbox)
                self._refuse(requested, "not_found")

    async def _serve(self, receive: Any) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                log = {"user": self.user.pk, "code": event.get("code")}
                logger.info("socket closed", extra=log)
                return
            if event["type"] == "websocket.connect":
                await self._open()
            elif self._ending is None:
                await self._take(event)

    async def _open(self) -> None:
        """Accept; who it is has been settled before. Pages can read a close code after that."""
        await self.accept()
        if self.guard.admit(self):
            logger.info("socket opened", extra={"user": self.user.pk})
        else:
            logger.warning("too many sockets", extra={"user": self.user.pk})
            self.end(TOO_MANY_SOCKETS)

    async def _close(self, code: int) -> None:
        self._leave()
        logger.info("socket is closed", extra={"user": self.user.pk, "code": code})
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.base_send({"type": "websocket.close", "code": code})
        except (*GONE, TimeoutError):
            self._gave_up = True
            if self._main:
                self._main.cancel()

    def _leave(self) -> None:
        """Leave every group."""
        for group, _key in self.groups_joined.values():
            self.hub.leave(group, self.outbox)
        self.groups_joined.clear()
        self.outbox.close()
        self.guard.dismiss(self)

    async def _take(self, event: dict[str, Any]) -> None:
        """One message of the client."""
        text, data = event.get("text"), event.get("bytes")
        if len((text or "").encode(errors="replace")) + len(data or b"") > protocol.MAX_BYTES:
            self.end(TOO_BIG)
            return
        if not self._allowance.take(self._clock()):
            self.end(TOO_MANY_MESSAGES)
            return
        message = protocol.parse(text)
        if message is None:
            logger.info("invalid socket message", extra={"user": self.user.pk})
            self._refuse(None, "bad_message")
        elif message.kind == "unsubscribe":
            self._unsubscribe(message.video_id)
        else:
            await self._subscribe(message.video_id)

    async def _subscribe(self, video_id: str) -> None:
        key = as_key(video_id)
        if key is None and video_id != protocol.EVERYTHING:
            self._refuse(video_id, "not_found")
            return
        try:
            await self._watch(video_id, key)
        except DatabaseFault as error:
            logger.warning("reading a snapshot failed", exc_info=error)
            self.end(SERVER_FAILED)

    async def _watch(self, video_id: str, key: UUID | None) -> None:
        if video_id not in self.groups_joined and len(self.groups_joined) >= MAX_SUBSCRIPTIONS:
            self._refuse(video_id, TOO_MANY)
            return
        group = video_group(key) if key else user_group(self.user.pk)
        self.outbox.buffer()
        try:
            self.groups_joined[video_id] = (group, key)
            await self.hub.join(group, self.outbox)
            snapshot = await self._snapshot(video_id, key)
            if snapshot:
                self.outbox.snapshot(video_id, *snapshot)
            elif key:
                self.forget(key)
            if self.hub.degraded:
                self.outbox.say(degraded_message(True), about="degraded")
        finally:
            self.outbox.release()

    async def _snapshot(self, video_id: str, key: UUID | None) -> Snapshot | None:
        """Read after now: it may be shared with other sockets of the same person.

        None where it is not theirs. One read, whatever there is: each is a hop to another thread.
        """

        def read() -> Snapshot | None:
            snapshot = snapshots.of_video(self.user, key) if key else snapshots.of_user(self.user)
            return (message("subscribed", video_id, snapshot[0]), snapshot[1]) if snapshot else None

        reads: SharedReads[Snapshot | None] = self.hub.reads
        request = ("snapshot", self.user.pk, video_id)
        return await reads.read(request, partial(db_reader.read, read))

    def _unsubscribe(self, video_id: str) -> None:
        left = self.groups_joined.pop(video_id, None)
        # Two spellings of one id are one group.
        if left and left not in self.groups_joined.values():
            self.hub.leave(left[0], self.outbox)

    def _refuse(self, video_id: str | None, code: str) -> None:
        self.outbox.say(message("error", video_id, english_error(code, {})))

"""The guard: who may open a socket, and whether those who did still may have it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import Counter
from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from django.conf import settings

from progress import db_reader, process
from progress.access import Access, Ended
from progress.hub import Hub, current_hub
from videos.models import Video

logger = logging.getLogger(__name__)

RECHECK_SECONDS = 30.0
HANDSHAKE_SECONDS = 10.0
"""How long the lookup of a user is reused when sockets are opened."""
ACCESS_ENDED = 4401
TOO_MANY_SOCKETS = 4028


class GuardedSocket(Protocol):
    """A socket, as the guard sees it."""

    access: Access
    ended: Ended
    address: str

    @property
    def watched(self) -> Collection[UUID]:
        """The videos that it watches by their ids."""

    def end(self, code: int) -> None:
        """Close it."""

    def forget(self, video_id: UUID) -> None:
        """Unsubscribe from a video that is gone, or belongs to another user by now."""


class ConnectionGuard:
    """All sockets of this process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._sockets: dict[UUID, set[GuardedSocket]] = {}
        self._addresses: Counter[str] = Counter()
        self._loop = asyncio.get_running_loop()
        self._checks: set[asyncio.Task[None]] = set()
        self._changed_at: dict[UUID, float] = {}
        self._watching = self._loop.create_task(self._watch())
        hub.on_access(self.access_changed)

    @property
    def hub(self) -> Hub:
        """The hub whose sockets these are."""
        return self._hub

    @property
    def sockets(self) -> int:
        """How many there are."""
        return self._addresses.total()

    def stop(self) -> None:
        """Look at nobody's access any more; may be called from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has closed, and its tasks with it
            self._loop.call_soon_threadsafe(self._watching.cancel)

    def admit(self, socket: GuardedSocket) -> bool:
        """Count a socket in; False: its person or its address has as many as are allowed."""
        own = self._sockets.get(socket.access.user_id, set())
        if _reached(len(own), settings.VREWCRAFT_SOCKETS_PER_USER) or _reached(
            self._addresses[socket.address], settings.VREWCRAFT_SOCKETS_PER_ADDRESS
        ):
            return False
        self._sockets.setdefault(socket.access.user_id, set()).add(socket)
        self._addresses[socket.address] += 1
        changed_at = self._changed_at.get(socket.access.user_id, -math.inf)
        if self._loop.time() - changed_at < HANDSHAKE_SECONDS:
            self._check_user(socket.access.user_id)
        return True

    def dismiss(self, socket: GuardedSocket) -> None:
        """Count a socket out; a second time, or one that was not admitted: nothing."""
        own = self._sockets.get(socket.access.user_id, set())
        if socket not in own:
            return
        own.discard(socket)
        if not own:
            del self._sockets[socket.access.user_id]
        self._addresses -= Counter([socket.address])

    def access_changed(self, user_id: str) -> None:
        """Something of this person's access changed: look now, and at sockets that are opening."""
        now, person = self._loop.time(), UUID(user_id)
        lately = {key: at for key, at in self._changed_at.items() if now - at < HANDSHAKE_SECONDS}
        self._changed_at = {**lately, person: now}
        self._check_user(person)

    def _check_user(self, person: UUID) -> None:
        sockets = self._sockets.get(person)
        if sockets:
            check = self._loop.create_task(self._check(list(sockets)))
            self._checks.add(check)
            check.add_done_callback(self._checks.discard)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            await self._check([each for own in self._sockets.values() for each in own])

    async def _check(self, sockets: list[GuardedSocket]) -> None:
        if not sockets:
            return
        try:
            await self._close_without_access(sockets)
            await self._unsubscribe_other_owners(sockets)
        except Exception as error:
            logger.warning("checking access failed; retrying", exc_info=error)

    async def _close_without_access(self, sockets: list[GuardedSocket]) -> None:
        accesses = {socket.access for socket in sockets}
        ended: set[Access] = await db_reader.read(sockets[0].ended, accesses)
        for socket in sockets:
            if socket.access in ended:
                socket.end(ACCESS_ENDED)

    async def _unsubscribe_other_owners(self, sockets: list[GuardedSocket]) -> None:
        watched = {video_id for socket in sockets for video_id in socket.watched}
        owners: dict[UUID, UUID] = await db_reader.read(_owners, watched)
        for socket in sockets:
            for video_id in list(socket.watched):
                # One that came meanwhile was checked when it was subscribed to.
                if video_id in watched and owners.get(video_id) != socket.access.user_id:
                    socket.forget(video_id)


def _reached(count: int, most: int) -> bool:
    return 0 < most <= count


def _owners(video_ids: Collection[UUID]) -> dict[UUID, UUID]:
    owners = Video.objects.filter(pk__in=video_ids).values_list("pk", "owner_id")
    return dict(owners)


def current_guard() -> ConnectionGuard:
    """The guard of this process's hub; made by the first socket."""
    hub, guard = current_hub(), process.current.guard
    if guard is None or guard.hub is not hub:
        guard = process.current.guard = ConnectionGuard(hub)
    return guard

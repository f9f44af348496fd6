"""Who may open a socket: a program with a token, or a page of this site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from vrewcraft.accounts.middleware import bearer
from vrewcraft.accounts.models import Token, User

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class SocketAccess:
    """ASGI middleware: settles `scope["user"]`, or refuses the handshake with 403.

    A handshake without an Origin, which no browser sends, needs a token; one with an Origin must
    come from a page of this very host (RFC 6455 10.2).
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = await self._user(scope)
        if user is None:
            await send({"type": "websocket.close", "code": 4403})
            return
        await self._application({**scope, "user": user}, receive, send)

    async def _user(self, scope: Scope) -> User | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        secret = bearer(headers.get(b"authorization", ""))
        if secret is not None:
            holder: User | None = await database_sync_to_async(Token.objects.user_of)(secret)
            return holder
        if not own_origin(headers.get(b"origin", ""), headers.get(b"host", "")):
            return None
        if settings.VREWCRAFT_MODE == "local":
            owner: User = await database_sync_to_async(User.objects.local_owner)()
            return owner
        user = scope["user"]
        return user if user.is_authenticated else None


def own_origin(origin: str, host: str) -> bool:
    """Whether a page at `origin` belongs to `host`, and `host` is one this site answers to."""
    name, _port = split_domain_port(host)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return False
    return origin in settings.CSRF_TRUSTED_ORIGINS or urlsplit(origin).netloc == host

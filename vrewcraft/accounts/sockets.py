"""Who may open a socket, and for how long: a program with a token, or a page of this site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from progress import db_reader
from progress.access import Access
from progress.hub import current_hub
from progress.shared_read import SharedReads
from vrewcraft.accounts.middleware import bearer
from vrewcraft.accounts.models import Token, User, digest

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

Admitted = tuple[User, Access]

SETTLED_BY = (b"host", b"origin", b"authorization", b"cookie")
"""The headers that say who it is; nothing else of a handshake is read."""


class SocketAccess:
    """ASGI middleware: settles who is at the socket, or refuses the handshake with 403.

    A handshake without an Origin, which no browser sends, needs a token; one with an Origin must
    come from a page of this very host (RFC 6455 10.2).
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = {name: value.decode("latin-1") for name, value in scope["headers"]}
        headers = {name: given.get(name, "") for name in SETTLED_BY}
        # Shared by all windows of one person that come back at once.
        reads: SharedReads[Admitted | None] = current_hub().reads
        admitted = await reads.read(
            ("admission", *headers.values()), partial(db_reader.read, admit, headers)
        )
        if admitted is None:
            await send({"type": "websocket.close", "code": 4403})
            return
        user, access = admitted
        scope = {**scope, "user": user, "access": access, "access_ended": ended}
        await self._application(scope, receive, send)


def admit(headers: dict[bytes, str]) -> Admitted | None:
    """Who may come in with these headers (those of `SETTLED_BY`), and by what right."""
    secret = bearer(headers[b"authorization"])
    if secret is not None:
        return _admitted(Token.objects.user_of(secret), "token", digest(secret))
    if not own_origin(headers[b"origin"], headers[b"host"]):
        return None
    if settings.VREWCRAFT_MODE == "local":
        return _admitted(User.objects.local_owner(), "owner")
    key = _session_key(headers[b"cookie"])
    request = HttpRequest()
    request.session = SessionStore(key)
    user = get_user(request)
    return _admitted(user if isinstance(user, User) else None, "session", key)


def _admitted(user: User | None, kind: str, key: str = "") -> Admitted | None:
    return (user, Access(user.pk, kind, key)) if user else None


def _session_key(cookies: str) -> str:
    try:
        cookie = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def ended(accesses: Collection[Access]) -> set[Access]:
    """Which of these have ended: signed out, revoked, or the account is off. A few queries."""
    people = User.objects.in_bulk([access.user_id for access in accesses])
    people = {key: user for key, user in people.items() if user.is_active}
    tokens = {access.key for access in accesses if access.kind == "token"}
    valid = {"token": set(Token.objects.filter(digest__in=tokens).values_list("digest", flat=True))}
    sessions = {access.key for access in accesses if access.kind == "session"}
    valid["session"] = _valid_sessions(sessions, {str(key): user for key, user in people.items()})
    valid["owner"] = {""} if settings.VREWCRAFT_MODE == "local" else set()
    return {
        access
        for access in accesses
        if access.user_id not in people or access.key not in valid[access.kind]
    }


def _valid_sessions(keys: Collection[str], people: dict[str, User]) -> set[str]:
    """The keys of sessions that still sign somebody in."""
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return {session.session_key for session in sessions if _signs_in(session.get_decoded(), people)}


def _signs_in(data: dict[str, Any], people: dict[str, User]) -> bool:
    """Whether a session's data names somebody whose password is still the same."""
    user = people.get(str(data.get(SESSION_KEY)))
    proof = str(data.get(HASH_SESSION_KEY, ""))
    return user is not None and constant_time_compare(proof, user.get_session_auth_hash())


def own_origin(origin: str, host: str) -> bool:
    """Whether a page at `origin` belongs to `host`, and `host` is one this site answers to."""
    name, _port = split_domain_port(host)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return False
    try:
        place = urlsplit(origin).netloc
    except ValueError:  # no address at all
        return False
    return origin in settings.CSRF_TRUSTED_ORIGINS or place == host

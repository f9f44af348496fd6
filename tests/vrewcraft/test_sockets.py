"""Who may open a socket."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import Settings

from tests import factories
from vrewcraft.accounts.models import Token, User
from vrewcraft.accounts.sockets import SocketAccess, own_origin

pytestmark = pytest.mark.django_db(transaction=True)

HOST = (b"host", b"localhost:8000")
OWN = (b"origin", b"http://localhost:8000")


async def opens(*headers: tuple[bytes, bytes], user: Any = None) -> Any:
    """Who the application sees; None where the handshake is refused."""
    seen: list[Any] = [None]
    sent: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], _receive: object, _send: object) -> None:
        seen[0] = scope["user"]

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "websocket", "headers": [HOST, *headers], "user": user or AnonymousUser()}
    await SocketAccess(application)(scope, receive, send)
    assert [message["type"] for message in sent] == ([] if seen[0] else ["websocket.close"])
    return seen[0]


@pytest.fixture
def secret() -> str:
    """A program's token."""
    return Token.objects.issue(factories.person("ann"), "script")


@pytest.fixture
def team(settings: Settings) -> None:
    """Accounts."""
    settings.VREWCRAFT_MODE = "team"


async def test_a_program_needs_a_token_and_no_origin(secret: str) -> None:
    user = await opens((b"authorization", f"Bearer {secret}".encode()))
    assert user.username == "ann"


async def test_a_wrong_token_is_refused_even_from_a_page_of_this_site(secret: str) -> None:
    assert await opens(OWN, (b"authorization", b"Bearer wrong")) is None


async def test_without_an_origin_and_a_token_nobody_comes_in() -> None:
    assert await opens() is None


async def test_locally_a_page_of_this_site_is_the_owners() -> None:
    user = await opens(OWN)
    assert user.username == "owner"


@pytest.mark.parametrize(
    "origin",
    [
        b"http://evil.example",
        b"http://localhost:9000",
        b"http://localhost:8000.evil.example",
        b"null",
        b"",
    ],
)
async def test_a_page_of_another_site_is_refused(origin: bytes) -> None:
    assert await opens((b"origin", origin)) is None


@pytest.mark.usefixtures("team")
async def test_in_a_team_a_page_needs_a_session() -> None:
    ann = User(username="ann")
    assert await opens(OWN) is None
    assert await opens(OWN, user=ann) == ann


@pytest.mark.usefixtures("team")
async def test_a_session_is_of_no_use_to_another_site() -> None:
    assert await opens((b"origin", b"http://evil.example"), user=User(username="ann")) is None


def test_a_host_that_this_site_does_not_answer_to_is_nobodys_origin(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert own_origin("http://localhost:8000", "localhost:8000")
    assert not own_origin("http://evil.example", "evil.example")
    assert not own_origin("http://localhost", "")


def test_a_trusted_origin_may_differ_from_the_host(settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://studio.example"]
    assert own_origin("https://studio.example", "localhost")

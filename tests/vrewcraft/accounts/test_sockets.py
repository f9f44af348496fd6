"""Who may open a socket."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from progress.access import Access
from tests import factories
from vrewcraft.accounts import sockets
from vrewcraft.accounts.models import Token, User, digest
from vrewcraft.accounts.sockets import Admitted, SocketAccess, admit, ended, own_origin

pytestmark = pytest.mark.django_db(transaction=True)

HOST = (b"host", b"localhost:8000")
OWN = (b"origin", b"http://localhost:8000")


async def opens(*headers: tuple[bytes, bytes]) -> Any:
    """Who the application sees; None where the handshake is refused."""
    seen: list[Any] = [None]
    sent: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], _receive: object, _send: object) -> None:
        assert scope["access"].user_id == scope["user"].pk
        seen[0] = scope["user"]

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "websocket", "headers": [HOST, *headers]}
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


async def test_sockets_that_come_at_once_are_each_their_own_persons(secret: str) -> None:
    bob = await sync_to_async(factories.person)("bob")
    other = await sync_to_async(Token.objects.issue)(bob, "script")
    tokens = [secret, other, "wrong"] * 5
    users = await asyncio.gather(
        *(opens((b"authorization", f"Bearer {token}".encode())) for token in tokens)
    )
    assert [user and user.username for user in users] == ["ann", "bob", None] * 5


async def test_all_windows_of_a_user_that_come_back_at_once_share_one_check(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []

    def counted(headers: dict[bytes, str]) -> Admitted | None:
        looks.append(headers)
        return admit(headers)

    monkeypatch.setattr(sockets, "admit", counted)
    await asyncio.gather(*(opens((b"authorization", f"Bearer {secret}".encode())) for _ in "1234"))
    assert len(looks) == 1


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


def signed_in(user: User) -> Client:
    """A browser in which somebody signed in."""
    client = Client()
    client.force_login(user)
    return client


def cookie(client: Client, more: str = "") -> tuple[bytes, bytes]:
    """The header that the browser sends."""
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return (b"cookie", f"{more}{settings.SESSION_COOKIE_NAME}={key}".encode())


@pytest.mark.usefixtures("team")
async def test_in_a_team_a_page_needs_a_session() -> None:
    ann = await sync_to_async(factories.person)("ann")
    browser = await sync_to_async(signed_in)(ann)
    assert await opens(OWN) is None
    assert await opens(OWN, cookie(browser)) == ann
    assert await opens(OWN, cookie(browser, "csrftoken=x; ")) == ann


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("text", [b"", b"sessionid=", b"sessionid=unknown", b"\xff=\xfe", b"=;;"])
async def test_a_cookie_that_is_no_session_is_of_no_use(text: bytes) -> None:
    assert await opens(OWN, (b"cookie", text)) is None


@pytest.mark.usefixtures("team")
async def test_a_session_is_of_no_use_to_another_site() -> None:
    browser = await sync_to_async(signed_in)(await sync_to_async(factories.person)("ann"))
    assert await opens((b"origin", b"http://evil.example"), cookie(browser)) is None


class TestEnding:
    """Which accesses have ended."""

    @pytest.fixture
    def ann(self, team: None) -> User:
        return factories.person("ann", password="old one")

    @pytest.fixture
    def browser(self, ann: User) -> Client:
        return signed_in(ann)

    @pytest.fixture
    def session(self, ann: User, browser: Client) -> Access:
        return Access(ann.pk, "session", str(browser.session.session_key))

    @pytest.fixture
    def token(self, ann: User) -> Access:
        return Access(ann.pk, "token", digest(Token.objects.issue(ann, "script")))

    def test_none_has_while_all_are_good(self, session: Access, token: Access) -> None:
        assert ended({session, token}) == set()
        assert ended(set()) == set()

    def test_signing_out_ends_the_session_and_no_other(
        self, browser: Client, ann: User, session: Access, token: Access
    ) -> None:
        other = Access(ann.pk, "session", str(signed_in(ann).session.session_key))
        browser.logout()
        assert ended({session, token, other}) == {session}

    def test_a_revoked_token_has(self, session: Access, token: Access) -> None:
        Token.objects.all().delete()
        assert ended({session, token}) == {token}

    def test_an_account_that_is_off_or_gone_has_none(
        self, ann: User, session: Access, token: Access
    ) -> None:
        ann.is_active = False
        ann.save()
        assert ended({session, token}) == {session, token}
        ann.delete()
        assert ended({session, token}) == {session, token}

    def test_a_changed_password_ends_sessions_but_no_tokens(
        self, ann: User, session: Access, token: Access
    ) -> None:
        ann.set_password("new one")
        ann.save()
        assert ended({session, token}) == {session}

    def test_a_session_that_has_run_out_has(self, session: Access) -> None:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        assert ended({session}) == {session}

    def test_the_owner_of_local_mode_has_access_in_local_mode_only(
        self, settings: Settings
    ) -> None:
        owner = Access(User.objects.local_owner().pk, "owner")
        assert ended({owner}) == set()
        settings.VREWCRAFT_MODE = "team"
        assert ended({owner}) == {owner}


class TestTelling:
    """Whoever changes an access says so."""

    @pytest.fixture
    def reported(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        said: list[str] = []
        monkeypatch.setattr(
            "vrewcraft.accounts.receivers.access_changed", lambda user_id: said.append(str(user_id))
        )
        return said

    def test_signing_out_is_announced_once_the_session_is_gone(self, reported: list[str]) -> None:
        ann = factories.person("ann")
        browser = signed_in(ann)
        reported.clear()
        browser.logout()
        assert set(reported) == {str(ann.pk)}
        assert not Session.objects.exists()

    def test_so_are_tokens_and_accounts(self, reported: list[str]) -> None:
        ann = factories.person("ann")
        Token.objects.issue(ann, "script")
        reported.clear()
        Token.objects.all().delete()
        assert reported == [str(ann.pk)]
        ann.is_active = False
        ann.save()
        assert reported == [str(ann.pk)] * 2

    def test_what_is_rolled_back_is_not(self, reported: list[str]) -> None:
        ann = factories.person("ann")
        reported.clear()
        with transaction.atomic():
            ann.save()
            transaction.set_rollback(True)
        assert reported == []


def test_a_host_that_this_site_does_not_answer_to_is_nobodys_origin(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert own_origin("http://localhost:8000", "localhost:8000")
    assert not own_origin("http://evil.example", "evil.example")
    assert not own_origin("http://localhost", "")


@pytest.mark.parametrize("origin", ["http://[", "//[::1", "null", ""])
def test_what_is_no_address_is_nobodys_origin(settings: Settings, origin: str) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert not own_origin(origin, "localhost:8000")


def test_a_trusted_origin_may_differ_from_the_host(settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://studio.example"]
    assert own_origin("https://studio.example", "localhost")

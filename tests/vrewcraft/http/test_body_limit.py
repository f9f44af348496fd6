"""How large bodies may be, and the middleware where no server is needed to see it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from uuid import UUID

import pytest
from django.urls import get_resolver
from pytest_django import Settings

from videos.core.body_limits import MIB, accepts_body, declared, limit_of
from vrewcraft.http.body_limit import BodyLimit, Message, Receive, Scope, Send, body_limit

UPLOAD = 100 * MIB
SOME_ID = UUID("1b4e28ba-2fa1-4d2c-883f-0016d3cca427")


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/api/upload", UPLOAD + MIB),
        ("POST", "/api/%75pload", UPLOAD + MIB),
        ("POST", "/upload/", UPLOAD + MIB),
        ("PATCH", f"/api/uploads/{SOME_ID}", 9 * MIB),
        ("POST", f"/api/uploads/{SOME_ID}", 9 * MIB),
        ("POST", "/api/uploads/", 9 * MIB),
        ("POST", f"/api/videos/{SOME_ID}/subtitles", 5 * MIB),
        ("POST", f"/videos/{SOME_ID}/subtitles/", 5 * MIB),
        ("GET", "/api/upload", 2 * MIB),
        ("POST", "/api/upload/else", 2 * MIB),
        ("PATCH", "/api/uploads/0b1c", 2 * MIB),
        ("POST", "/api/edit/trim", 2 * MIB),
        ("POST", "http://host/api/upload", 2 * MIB),
        ("POST", "/%ff", 2 * MIB),
        ("POST", "", 2 * MIB),
        ("POST", "/", 2 * MIB),
    ],
)
def test_only_uploads_may_be_large(settings: Settings, method: str, path: str, limit: int) -> None:
    settings.VREWCRAFT_UPLOAD_LIMIT = UPLOAD
    assert body_limit(path.encode(), method.encode()) == limit


def test_every_view_that_takes_more_names_an_address_that_exists() -> None:
    resolver = get_resolver()
    names = {str(name) for name in resolver.reverse_dict}
    for space, (_, inner) in resolver.namespace_dict.items():
        names |= {f"{space}:{name}" for name in inner.reverse_dict}
    assert {name for name, _ in declared()} - names == set()


def test_a_view_declares_its_limit_by_the_name_of_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules[accepts_body.__module__], "_limits", {})
    accepts_body("somewhere", 7, methods=("PUT",))(str)
    assert [limit_of("somewhere", method) for method in ("PUT", "POST")] == [7, 2 * MIB]


class Client:
    """Sends a request's body in pieces, and keeps the answer."""

    def __init__(self, pieces: Iterable[bytes], headers: dict[bytes, bytes] | None = None) -> None:
        self.pieces = list(pieces)
        self.headers = headers or {}
        self.sent: list[Message] = []

    async def send_to(self, application: BodyLimit) -> None:
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "headers": list(self.headers.items()),
        }
        await application(scope, self._receive, self._send)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def _receive(self) -> Message:
        if not self.pieces:
            return {"type": "http.disconnect"}
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


async def echo_length(_: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body's length, unless its client is gone."""
    total = 0
    message: Message = {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        total += len(message["body"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(total).encode()})


limited = BodyLimit(echo_length, lambda _path, _method: 10)


async def test_a_body_of_exactly_the_limit_passes() -> None:
    client = Client([b"12345", b"67890"], {b"content-length": b"10"})
    await client.send_to(limited)
    assert (client.status, client.body) == (200, b"10")


async def test_a_declared_length_over_the_limit_never_reaches_the_application() -> None:
    client = Client([b"x" * 11], {b"content-length": b"11"})
    await client.send_to(limited)
    assert client.status == 413
    assert json.loads(client.body).keys() == {"error", "code", "remedy"}


async def test_a_body_that_grows_past_the_limit_is_refused_and_read_to_its_end() -> None:
    client = Client([b"12345", b"67890", b"1", b"2", b"3"])
    await client.send_to(limited)
    assert client.status == 413
    assert client.pieces == []


async def test_who_waits_for_100_is_not_asked_to_send() -> None:
    headers = {b"content-length": b"11", b"expect": b"100-continue"}
    client = Client([b"x" * 11], headers)
    await client.send_to(limited)
    assert client.status == 413
    assert len(client.pieces) == 1


async def test_an_answer_that_has_begun_is_not_answered_again() -> None:
    async def answers_first(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.body", "body": b""})

    client = Client([b"x" * 11])
    await client.send_to(BodyLimit(answers_first, lambda _path, _method: 10))
    assert [message["type"] for message in client.sent] == ["http.response.start"]


async def test_sockets_pass_untouched() -> None:
    seen: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    client = Client([])
    await BodyLimit(application, lambda _path, _method: 0)(
        {"type": "websocket"}, client._receive, client._send
    )
    assert seen == ["websocket"]

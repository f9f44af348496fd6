"""The table of limits, and the middleware where no server is needed to see it."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from vrewcraft.http.body_limit import MIB, BodyLimit, Message, Receive, Scope, Send, body_limit

UPLOAD = 100 * MIB


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        (b"POST", b"/api/upload", UPLOAD + MIB),
        (b"POST", b"/upload/", UPLOAD + MIB),
        (b"PATCH", b"/api/uploads/0b1c", 9 * MIB),
        (b"POST", b"/api/uploads/", 9 * MIB),
        (b"GET", b"/api/upload", 2 * MIB),
        (b"POST", b"/api/upload/else", 2 * MIB),
        (b"POST", b"/api/edit/trim", 2 * MIB),
        (b"POST", b"http://host/api/upload", 2 * MIB),
        (b"POST", b"/", 2 * MIB),
    ],
)
def test_only_uploads_may_be_large(method: bytes, path: bytes, limit: int) -> None:
    assert body_limit(path, method, upload_limit=UPLOAD) == limit


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

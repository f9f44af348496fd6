"""An ASGI middleware that refuses request bodies that are too large while they arrive.

What is too large the views declare (`videos.core.body_limits`). The built-in server asks here
too, and refuses before any application runs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes

from django.urls import Resolver404, resolve

from videos.core.body_limits import DEFAULT_LIMIT, MIB, limit_of

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Limit = Callable[[bytes, bytes], int]

SPOOLED = "vrewcraft.spooled"
"""A key of the scope: called once, it gives the whole body as a file, in place of its messages."""
DRAIN_SECONDS = 10.0
"""How long what a refused client still sends is read, so that it gets to see the answer."""


def body_limit(path: bytes, method: bytes) -> int:
    """The most bytes that a body sent to this raw path by this method may have."""
    try:
        result = resolve(unquote_to_bytes(path).decode(errors="replace"))
    except Resolver404:
        return DEFAULT_LIMIT
    return limit_of(result.view_name, method.decode("latin-1"))


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that ends a request before its application has seen it."""

    status: int
    code: str
    error: str
    remedy: str

    @property
    def body(self) -> bytes:
        """The JSON that every error of the API consists of."""
        return json.dumps({"error": self.error, "code": self.code, "remedy": self.remedy}).encode()

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The connection closes: what follows on it would be the rest of the body."""
        return [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self.body)).encode()),
            (b"connection", b"close"),
        ]


def too_large(limit: int) -> Refused:
    """The answer to a body of more than `limit` bytes."""
    size = f"{limit / MIB:.0f} MiB" if limit >= MIB else f"{limit} bytes"
    return Refused(
        413,
        "too_large",
        f"The request is larger than the limit of {size}.",
        "Send a smaller file, or ask your administrator to raise the limit.",
    )


class BodyLimit:
    """ASGI middleware: 413 by Content-Length at once, else as soon as the counted bytes exceed."""

    def __init__(self, application: Application, limit: Limit) -> None:
        self._application = application
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        exchange = _Exchange(lambda: self._limit_of(scope), receive, send)
        if declared.isdigit() and int(declared) and int(declared) > exchange.limit:
            # Reading would invite a client that waits for "100 Continue" to send its body.
            await _refuse(exchange.limit, receive, send, drain=b"expect" not in headers)
            return
        await self._application(scope, exchange.receive, exchange.send)

    def _limit_of(self, scope: Scope) -> int:
        path = scope.get("raw_path") or scope["path"].encode()
        return self._limit(path, scope["method"].encode())


class _Exchange:
    """One request whose body is counted as the application receives it."""

    def __init__(self, limit_of_address: Callable[[], int], receive: Receive, send: Send) -> None:
        self._limit_of_address = limit_of_address
        self._receive = receive
        self._send = send
        self._received = 0
        self._answered = False
        self._refused = False

    @cached_property
    def limit(self) -> int:
        """The most bytes of its body; looked up only where there is one."""
        return self._limit_of_address()

    async def receive(self) -> Message:
        """The next message; a disconnect once the body is past its limit."""
        if self._refused:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if not self._received or self._received <= self.limit:
            return message
        self._refused = True
        if not self._answered:
            await _refuse(
                self.limit, self._receive, self._send, drain=message.get("more_body", False)
            )
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass the application's answer on, unless the request has been refused."""
        if not self._refused:
            self._answered = True
            await self._send(message)


async def _refuse(limit: int, receive: Receive, send: Send, *, drain: bool) -> None:
    """Answer 413, then read on for a while: a connection closed over unread bytes is reset."""
    answer = too_large(limit)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": True})
    if drain:
        await _drain(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drain(receive: Receive) -> None:
    deadline = asyncio.get_running_loop().time() + DRAIN_SECONDS
    more = True
    while more:
        remaining = deadline - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(receive(), remaining)
        except TimeoutError:
            return
        more = message["type"] == "http.request" and message.get("more_body", False)

"""Following the live events of a server from a program: connect, subscribe, come back when lost."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

FINAL = {
    1007: "The server did not understand this client; their versions may differ.",
    1009: "The server rejected a message of this client: it was too long.",
    4401: "The server closed the connection: the token is no longer valid.",
}
CROWDED = (4028, 4029)
CROWDED_SECONDS = 30.0
OPEN_SECONDS = 10.0
TICK_SECONDS = 0.25
"""How often the caller may redraw while no message arrives."""
MAX_BYTES = 64 * 1024 * 1024

Message = dict[str, Any]


class Refused(Exception):
    """The server does not let this program in, or not any more; `str()` is a sentence."""


class Lost(Exception):
    """The connection is lost and will be tried again; `code` is the server's, if it gave one."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(f"connection lost ({code})" if code else "connection lost")
        self.code = code


def follow(
    url: str, token: str, video_ids: Sequence[str], lost: Callable[[], None]
) -> Iterator[Message | None]:
    """Every message of the server, for ever; None when there is none for a moment.

    `lost` is called when the connection is lost; after it comes back a snapshot is the first
    message of each id. Raises Refused.
    """
    failures = 0
    while True:
        try:
            for message in _once(url, token, video_ids):
                if message and message["type"] == "subscribed":
                    failures = 0
                yield message
        except Lost as error:
            lost()
            time.sleep(delay(failures, error.code))
            failures += 1


def delay(failures: int, code: int | None = None) -> float:
    """Seconds until the next try, as pages wait too (docs/protocol.md)."""
    spread = 1 + 0.25 * random.random()  # noqa: S311 (no secret)
    wait: float = min(2.0 * 2**failures, 30.0) * spread
    return max(wait, CROWDED_SECONDS) if code in CROWDED else wait


def _once(url: str, token: str, video_ids: Sequence[str]) -> Iterator[Message | None]:
    try:
        socket = connect(
            url,
            additional_headers={"Authorization": f"Bearer {token}"},
            open_timeout=OPEN_SECONDS,
            max_size=MAX_BYTES,
        )
    except InvalidURI as error:
        raise Refused(
            f"{url} is not a valid address: it must start with http:// or https://."
        ) from error
    except InvalidHandshake as error:
        response = getattr(error, "response", None)
        if response is not None and response.status_code in (401, 403):
            raise Refused("The server rejected the token.") from error
        raise Lost from error
    except (OSError, TimeoutError) as error:
        raise Lost from error
    with socket:
        yield from _messages(socket, video_ids)


def _messages(socket: ClientConnection, video_ids: Sequence[str]) -> Iterator[Message | None]:
    try:
        for video_id in video_ids:
            socket.send(json.dumps({"type": "subscribe", "videoId": video_id}))
        while True:
            try:
                yield json.loads(socket.recv(TICK_SECONDS))
            except TimeoutError:
                yield None
    except ConnectionClosed as error:
        code = error.rcvd.code if error.rcvd else None
        if code in FINAL:
            raise Refused(FINAL[code]) from error
        raise Lost(code) from error

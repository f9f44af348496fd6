"""A tiny application and a main program that serves it, under Daphne or uvicorn.

    python server_app.py SERVER APPLICATION FOLDER [PORT]

SERVER is `daphne` or `uvicorn`, APPLICATION `tiny` or `django`. Prints `ready PORT` when it
listens.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

from videos.core.body_limits import MIB
from vrewcraft.http.body_limit import (
    Application,
    BodyLimit,
    Message,
    Receive,
    Scope,
    Send,
)

UPLOAD_LIMIT = 250 * MIB
STOP_SECONDS = 4
PIECE = bytes(MIB)
under_way = 0


def limit(path: bytes, method: bytes) -> int:
    """One address takes large bodies."""
    return UPLOAD_LIMIT + MIB if (method, path) == (b"POST", b"/api/upload") else 2 * MIB


async def tiny(scope: Scope, receive: Receive, send: Send) -> None:
    """One coroutine per path; everything else is a 404 that has read the whole body."""
    global under_way  # noqa: PLW0603
    if scope["type"] == "websocket":
        await talk(scope, receive, send)
        return
    under_way += 1
    try:
        query = parse_qs(scope["query_string"].decode())
        number = float(query.get("n", ["0"])[0])
        await PATHS.get(scope["path"], missing)(number, receive, send)
    finally:
        under_way -= 1


async def missing(_: float, receive: Receive, send: Send) -> None:
    """404 after the whole body has been read."""
    await body(receive)
    await answer(send, b"not here", status=404)


async def length(_: float, receive: Receive, send: Send) -> None:
    """The body's length, the number of its pieces and the largest piece."""
    pieces = await body(receive)
    await answer(send, f"{sum(pieces)} {len(pieces)} {max(pieces)}".encode())


async def wait(seconds: float, _: Receive, send: Send) -> None:
    """An answer after a while."""
    await asyncio.sleep(seconds)
    await answer(send, b"waited")


async def block(seconds: float, _: Receive, send: Send) -> None:
    """An answer after a while in a thread, as a synchronous view."""
    await asyncio.to_thread(time.sleep, seconds)
    await answer(send, b"blocked")


async def stream(mib: float, _: Receive, send: Send) -> None:
    """So many MiB; never looks whether anybody is there."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _number in range(int(mib)):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def fail(after: float, _: Receive, send: Send) -> None:
    """An error, before or after the answer has begun."""
    if after:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    raise RuntimeError("meant")


async def give_up(_: float, receive: Receive, send: Send) -> None:
    """Ends without an answer."""


async def running(_: float, receive: Receive, send: Send) -> None:
    """How many other requests have not ended."""
    await answer(send, str(under_way - 1).encode())


async def body(receive: Receive) -> list[int]:
    """The lengths of a body's pieces."""
    pieces: list[int] = []
    message: Message = {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        pieces.append(len(message.get("body", b"")))
    return pieces


async def answer(send: Send, text: bytes, status: int = 200) -> None:
    """A whole small answer."""
    headers = [(b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


async def talk(scope: Scope, receive: Receive, send: Send) -> None:
    """Echoes text; `stream N` is answered by N MiB and `end`, `repeat N` by one text."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        word, _, number = message["text"].partition(" ")
        if word == "stream":
            for _number in range(int(number)):
                await send({"type": "websocket.send", "bytes": PIECE})
            await send({"type": "websocket.send", "text": "end"})
        elif word == "repeat":
            await send({"type": "websocket.send", "text": "한" * int(number)})
        elif word == "close":
            await send({"type": "websocket.close", "code": int(number)})
        else:
            await send({"type": "websocket.send", "text": message["text"]})
    print("disconnected", message["code"], flush=True)


PATHS = {
    "/length": length,
    "/api/upload": length,
    "/wait": wait,
    "/block": block,
    "/stream": stream,
    "/fail": fail,
    "/give-up": give_up,
    "/running": running,
}


def serve(name: str, application: Application, folder: Path, port: int) -> None:
    """Serve until a signal arrives."""
    from vrewcraft.server import Options, bind, run

    run(
        name,
        BodyLimit(application, limit),
        bind("127.0.0.1", port),
        on_ready=lambda _, taken: print("ready", taken, flush=True),
        on_stopping=lambda: print("stopping", flush=True),
        options=Options(body_limit=limit, spool_dir=folder, stop_seconds=STOP_SECONDS),
    )
    print("stopped", flush=True)


def main() -> None:
    """Serve what the command line names."""
    server, name, folder, *port = sys.argv[1:]
    application: Application = tiny
    if name == "django":
        from tests.vrewcraft.server.django_app import make_application

        application = make_application(Path(folder), UPLOAD_LIMIT)
    serve(server, application, Path(folder), int(port[0]) if port else 0)


if __name__ == "__main__":
    main()

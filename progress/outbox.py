"""What one socket still has to be sent: in order, no number twice, and never more than so much.

A socket that keeps up is written to at once, without a task of its own. One that does not has what
waits for it merged: of each subject the newest progress, the newest state and every end.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from progress.eager_start import begin
from progress.events import Event, Keep

Message = Mapping[str, Any]
Send = Callable[[Message], Coroutine[Any, Any, None]]
Key = tuple[str, int | str]

logger = logging.getLogger(__name__)

GONE = (OSError, RuntimeError)
"""What servers raise for a socket that has closed (asgi.readthedocs.io/en/latest/specs/www.html),
and uvicorn for one that it is closing, which it reports only once its last bytes are out."""

MAX_WAITING = 1000
MAX_WAITING_CHARACTERS = 8 * 1024 * 1024
# Of so many subjects it is known what was sent last; of others the page knows by itself.
REMEMBERED = 2000


def packed(text: str) -> Message:
    """The ASGI message that sends a text; one serves any number of sockets."""
    return {"type": "websocket.send", "text": text}


class Outbox:
    """Sends messages to one socket. All methods belong to the socket's event loop.

    `viewer` is the key of the person at the socket. `overflowed` is called when the socket has
    fallen too far behind, and whenever something is to be sent after that; also when it can no
    longer be written to. Nothing that a socket's server raises reaches who offers an event to many.
    """

    __slots__ = (
        "_answers",
        "_buffered",
        "_buffered_seqs",
        "_closed",
        "_holds",
        "_idle",
        "_overflowed",
        "_send",
        "_sent",
        "_size",
        "_waiting",
        "_writer",
        "viewer",
    )

    def __init__(self, send: Send, overflowed: Callable[[], None], viewer: str) -> None:
        self.viewer = viewer
        self._send = send
        self._overflowed = overflowed
        self._sent: dict[str, int] = {}
        self._waiting: dict[Key, Message] = {}
        self._size = 0
        self._buffered: dict[Key, tuple[Event, Message]] = {}
        self._buffered_seqs: dict[str, int] = {}
        self._holds = 0
        self._idle = True
        self._closed = False
        self._writer: asyncio.Task[None] | None = None
        self._answers = itertools.count()

    @property
    def waiting(self) -> int:
        """How many messages the socket has not taken yet."""
        return len(self._waiting)

    def say(self, text: str, about: str | None = None) -> None:
        """Send an answer; it takes the place of one about the same that is still waiting."""
        key = ("", next(self._answers) if about is None else about)
        self._drop(key)
        self._put(key, packed(text))

    def offer(self, event: Event, message: Message) -> None:
        """Send an event unless the socket has it, or a newer one of its subject, already."""
        if self._holds:
            self._buffer(event, message)
            return
        payload, subject = self._sent, event.subject
        if event.seq <= payload.get(subject, -1):
            return
        payload[subject] = event.seq
        if self._idle:
            self._write(message)
        else:
            for key in _superseded(event):
                self._drop(key)
            self._put(_key(event), message)
        if len(payload) > REMEMBERED:
            del payload[next(iter(payload))]

    def buffer(self) -> None:
        """A snapshot is being read: keep events back, since they may be older than it."""
        self._holds += 1

    def snapshot(self, video_id: str, text: str, seqs: Mapping[str, int]) -> None:
        """Send a snapshot; `seqs` is each subject's number in it. What is older is dropped."""
        for subject in seqs:
            self._drop((subject, Keep.PROGRESS))
            self._drop((subject, Keep.STATE))
        self._sent.update(seqs)
        self.say(text, about=video_id)

    def release(self) -> None:
        """End a hold."""
        self._holds -= 1
        if self._holds == 0:
            buffered, self._buffered = self._buffered, {}
            self._buffered_seqs = {}
            for event, message in buffered.values():
                self.offer(event, message)

    def close(self) -> None:
        """Send nothing more, and forget what waits."""
        self._closed, self._idle = True, False
        self._size = 0
        for state in (self._waiting, self._buffered, self._buffered_seqs, self._sent):
            state.clear()
        if self._writer:
            self._writer.cancel()

    def _buffer(self, event: Event, message: Message) -> None:
        if event.seq <= self._buffered_seqs.get(event.subject, -1):
            return
        self._buffered_seqs[event.subject] = event.seq
        for key in _superseded(event):
            self._buffered.pop(key, None)
        self._buffered[_key(event)] = (event, message)
        if len(self._buffered) > MAX_WAITING:
            self._overflowed()

    def _drop(self, key: Key) -> None:
        message = self._waiting.pop(key, None)
        if message is not None:
            self._size -= len(message["text"])

    def _put(self, key: Key, message: Message) -> None:
        if self._idle:
            self._write(message)
        elif not self._closed:
            replaced = self._waiting.get(key)
            self._size += len(message["text"]) - (len(replaced["text"]) if replaced else 0)
            self._waiting[key] = message
            if self._overflows():
                self._overflowed()

    def _overflows(self) -> bool:
        """Many messages, or large ones; a single large one is never too much."""
        count = len(self._waiting)
        return count > MAX_WAITING or (count > 1 and self._size > MAX_WAITING_CHARACTERS)

    def _write(self, message: Message) -> None:
        """To a socket that waits for nothing: now, or as soon as there is room."""
        try:
            left = begin(self._send(message))
        except Exception as error:  # noqa: BLE001 (others are served in the same breath)
            self._failed(error)
            return
        if left is not None:
            self._idle = False
            self._writer = asyncio.get_running_loop().create_task(self._continue(left))

    async def _continue(self, left: Awaitable[None]) -> None:
        try:
            await left
            while self._waiting:
                key = next(iter(self._waiting))
                message = self._waiting[key]
                self._drop(key)
                await self._send(message)
        except Exception as error:  # noqa: BLE001 (others are served in the same breath)
            self._writer = None
            self._failed(error)
        else:
            self._idle, self._writer = not self._closed, None

    def _failed(self, error: Exception) -> None:
        """The consumer notices a closed socket (OSError) by itself; other errors are passed on."""
        self.close()
        if not isinstance(error, GONE):
            logger.error("writing to a socket failed", exc_info=error)
        if not isinstance(error, OSError):
            self._overflowed()


def _key(event: Event) -> Key:
    """Where an event waits."""
    return (event.subject, event.seq if event.keep is Keep.END else event.keep)


def _superseded(event: Event) -> tuple[Key, ...]:
    """What need not be sent any more; progress takes the place of progress where that waits."""
    if event.keep is Keep.PROGRESS:
        return ()
    return ((event.subject, Keep.PROGRESS), (event.subject, Keep.STATE))

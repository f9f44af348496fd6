"""A request's body: spooled to disk as it arrives, read back piece by piece as it is asked for."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path
from typing import IO

from vrewcraft.http.body_limit import Message

IN_MEMORY_BYTES = 64 * 1024
PIECE_BYTES = 1024 * 1024

DISCONNECT: Message = {"type": "http.disconnect"}


def spool(folder: Path, length: int | None) -> IO[bytes]:
    """Where a body of `length` bytes (None: unknown) is kept: memory if tiny, else a file."""
    if length is not None and length <= IN_MEMORY_BYTES:
        return io.BytesIO()
    return tempfile.TemporaryFile(dir=folder)


class LazyBody:
    """What an application receives: the body in pieces of at most 1 MiB, then the disconnect.

    It stands where Daphne keeps a queue, so that a body is never queued whole.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = file.seek(0, io.SEEK_END)
        self._done = False
        self._gone = asyncio.Event()
        file.seek(0)

    def take(self) -> IO[bytes]:
        """The body's file, at its start; whoever takes it closes it, and no message carries it."""
        self._done = True
        file, self._file = self._file, io.BytesIO()
        return file

    async def get(self) -> Message:
        """The next ASGI message."""
        if not self._done and not self._gone.is_set():
            piece = await self._piece()
            if piece is not None:
                return piece
        await self._gone.wait()
        return DISCONNECT

    def put_nowait(self, message: Message) -> None:
        """Take what Daphne announces: only the disconnect; the body is read from its file."""
        if message["type"] == "http.disconnect":
            self._gone.set()
            self._file.close()

    async def _piece(self) -> Message | None:
        try:
            data = await self._read()
        except ValueError:  # The file was closed by a disconnect.
            return None
        self._left -= len(data)
        self._done = self._left <= 0 or not data
        if self._done:
            self._file.close()
        return {"type": "http.request", "body": data, "more_body": not self._done}

    async def _read(self) -> bytes:
        if isinstance(self._file, io.BytesIO):
            return self._file.read()
        return await asyncio.to_thread(self._file.read, PIECE_BYTES)

"""Django's ASGI handler, with request bodies kept on the library's disk instead of in /tmp."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import IO, cast

import django
from asgiref.sync import sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from videos.storage import inbox
from vrewcraft.http.body_limit import SPOOLED, Message, Receive, Scope, Send

IN_MEMORY_BYTES = 64 * 1024


class WholeBody:
    """A `receive` whose body lies in a file already, whole."""

    def __init__(self, receive: Receive, file: IO[bytes]) -> None:
        self.file = file
        self._receive = receive

    async def __call__(self) -> Message:
        """What comes after the body."""
        return await self._receive()


class DiskHandler(ASGIHandler):
    """The system's temporary folder is memory on many machines, which a large upload would fill.

    Django itself always spools there: FILE_UPLOAD_TEMP_DIR does not apply to bodies under ASGI.

    All middlewares are synchronous and so are nearly all views: each request goes through all of
    it in one thread. Django's own chain would come back to the event loop for its innermost part.
    """

    def __init__(self, folder: Path) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)
        self._folder = folder

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to a request, worked out in the thread of this one."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A server that spools bodies itself hands over the file: none is copied."""
        take = scope.pop(SPOOLED, None)
        await super().handle(scope, WholeBody(receive, take()) if take else receive, send)

    async def read_body(self, receive: Receive) -> IO[bytes]:
        """The whole body as a file; large pieces are written off the event loop."""
        if isinstance(receive, WholeBody):
            return receive.file
        file = self._spool()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                file.close()
                raise RequestAborted
            piece = message.get("body", b"")
            if len(piece) > IN_MEMORY_BYTES:
                await asyncio.to_thread(file.write, piece)
            else:
                file.write(piece)
            more = message.get("more_body", False)
        file.seek(0)
        return file

    def _spool(self) -> IO[bytes]:
        return cast(
            "IO[bytes]",
            tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=str(self._folder)),
        )


def get_asgi_application() -> DiskHandler:
    """What `django.core.asgi.get_asgi_application` gives, with bodies under VREWCRAFT_DATA_DIR."""
    django.setup(set_prefix=False)
    return DiskHandler(inbox.folder())

"""Django's ASGI handler, with request bodies kept on the library's disk instead of in /tmp."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import IO, cast

import django
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler

from videos import incoming
from vrewcraft.bodylimit import Receive

IN_MEMORY_BYTES = 64 * 1024


class DiskHandler(ASGIHandler):
    """The system's temporary folder is memory on many machines, which a large upload would fill.

    Django itself always spools there: FILE_UPLOAD_TEMP_DIR does not apply to bodies under ASGI.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    async def read_body(self, receive: Receive) -> IO[bytes]:
        """The whole body as a file; large pieces are written off the event loop."""
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
    return DiskHandler(incoming.folder())

"""Sockets of the real ASGI application in this process, and changes made elsewhere."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connection

from tests.servers.app import ROOT, clean_environment

HOST = "localhost"


class Socket:
    """One socket to /ws/. Which headers it sends is the test's choice."""

    def __init__(self, headers: dict[str, str], address: str = "127.0.0.1") -> None:
        from vrewcraft.asgi import application

        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.communicator = WebsocketCommunicator(application, "/ws/", headers=raw)
        self.communicator.scope["client"] = (address, 50_000)

    async def opens(self) -> bool:
        """Whether the handshake is accepted."""
        accepted, _code = await self.communicator.connect(timeout=5)
        return bool(accepted)

    async def say(self, **message: Any) -> None:
        """Send one message."""
        await self.communicator.send_to(text_data=json.dumps(message))

    async def hear(self, seconds: float = 5) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(await self.communicator.receive_from(seconds))
        return message

    async def quiet(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes for a while."""
        return bool(await self.communicator.receive_nothing(timeout=seconds))

    async def closed(self, seconds: float = 5) -> int:
        """The code with which the server closes it; what it says before is passed over."""
        while True:
            output = await self.communicator.receive_output(seconds)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def subscribe(self, video_id: object) -> dict[str, Any]:
        """Subscribe; the answer."""
        await self.say(type="subscribe", videoId=str(video_id))
        return await self.hear()


def in_a_thread(change: Callable[[], object]) -> None:
    """Change rows where a worker would: in a thread of its own, with its own connection."""

    def work() -> None:
        try:
            change()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


async def in_another_process(*argv: str, redis_url: str = "") -> float:
    """Run a Python of its own on this test's database; when it ended, in monotonic seconds."""
    env = {
        **clean_environment(),
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "vrewcraft.settings",
        "VREWCRAFT_DATA_DIR": str(settings.VREWCRAFT_DATA_DIR),
        "REDIS_URL": redis_url,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *argv,
        cwd=ROOT,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return time.monotonic()

"""People at the sockets, and what they look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests import factories
from tests.progress.sockets import HOST, Socket
from videos.models import Video
from vrewcraft.accounts.models import Token, User

Open = Callable[[], Awaitable[Socket]]


@pytest.fixture
def owner(transactional_db: None) -> User:
    """The person whom a local library signs in."""
    return User.objects.local_owner()


@pytest.fixture
def secret(owner: User) -> str:
    """A token of the owner."""
    return Token.objects.issue(owner, "tests")


@pytest.fixture
def video(owner: User) -> Video:
    """A video that can be edited."""
    return factories.ready(owner)


@pytest.fixture
async def open_socket(secret: str) -> AsyncIterator[Open]:
    """Opens sockets with the owner's token, each closed at the end."""
    sockets: list[Socket] = []

    async def opened() -> Socket:
        socket = Socket({"host": HOST, "authorization": f"Bearer {secret}"})
        assert await socket.opens()
        sockets.append(socket)
        return socket

    yield opened
    for socket in sockets:
        await socket.communicator.disconnect()

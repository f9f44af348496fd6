"""Where Django keeps a request's body."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO

import pytest
from django.core.exceptions import RequestAborted

from videos.core.body_limits import MIB
from vrewcraft.http.body_limit import Message
from vrewcraft.http.handler import DiskHandler, WholeBody

PIECES = [b"small", b"x" * MIB, b"y" * MIB]


def receiver(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """Gives one message after the other."""
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0)

    return receive


def pieces(*, whole: bool) -> list[Message]:
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in PIECES
    ]
    last = {"type": "http.request"} if whole else {"type": "http.disconnect"}
    return [*messages, last]


def where(file: IO[bytes]) -> Path:
    """The file that an open file is."""
    return Path(f"/proc/self/fd/{file.fileno()}").readlink()


async def test_a_large_body_is_kept_in_the_given_folder(tmp_path: Path) -> None:
    with await DiskHandler(tmp_path).read_body(receiver(*pieces(whole=True))) as file:
        assert where(file).is_relative_to(tmp_path)
        assert file.read() == b"".join(PIECES)


async def test_a_body_that_is_cut_off_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(RequestAborted):
        await DiskHandler(tmp_path).read_body(receiver(*pieces(whole=False)))
    assert os.listdir(tmp_path) == []  # noqa: PTH208 (pathlib's is refused in coroutines)


async def test_a_body_that_the_server_has_spooled_is_not_copied(tmp_path: Path) -> None:
    with (tmp_path / "body").open("w+b") as spooled:
        after = receiver({"type": "http.disconnect"})
        whole = WholeBody(after, spooled)
        assert await DiskHandler(tmp_path).read_body(whole) is spooled
        assert await whole() == {"type": "http.disconnect"}

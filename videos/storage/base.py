"""The words of storage, without what any service needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Told = Callable[[int], None]
"""Is told, about ten times a second, how many bytes of a file have moved; may raise to stop it."""


class Readable(Protocol):
    """A file from some byte on."""

    def read(self, size: int, /) -> bytes:
        """So many bytes more, fewer only at its end."""
        ...


class StorageDown(OSError):
    """The bucket does not answer, or refuses us. Worth waiting for."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the library: its key, size in bytes, and when it was written."""

    key: str
    bytes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A multipart upload that was begun and neither ended nor given up."""

    key: str
    upload_id: str
    at: datetime


def nobody(_bytes: int) -> None:
    """Who is told where nobody asks."""

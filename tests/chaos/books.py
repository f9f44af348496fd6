"""What the database says, read past the product: SQLite or PostgreSQL, one connection, no locks."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Any, Self

import psycopg

OPEN = "status in ('pending', 'processing')"


class Books:
    """Reads rows. Ids are given as 32 hexadecimal digits, as SQLite keeps them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        if self._connection is None:
            self._connection = self._connect()
        return [tuple(row) for row in self._connection.execute(query).fetchall()]

    def number(self, query: str) -> int:
        """The one number that a query finds."""
        return int(self.rows(query)[0][0])

    def open_tasks(self) -> int:
        """How many tasks have not ended."""
        return self.number(f"select count(*) from videos_task where {OPEN}")

    def _connect(self) -> Any:
        if self._url.startswith("sqlite:///"):
            path = self._url.removeprefix("sqlite:///")
            return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        return psycopg.connect(self._url, autocommit=True)


def plain(key: object) -> str:
    """An id as SQLite keeps it."""
    return str(key).replace("-", "")

"""How large a request body may be: a view that takes more than the default declares it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MIB = 1024 * 1024
DEFAULT_LIMIT = 2 * MIB
MULTIPART_SLACK = MIB
"""Room for a multipart body's own lines and small fields, in bytes."""

View = TypeVar("View", bound=Callable[..., object])
Limit = int | Callable[[], int]

_limits: dict[tuple[str, str], Limit] = {}


def accepts_body(
    url_name: str, limit: Limit, *, methods: tuple[str, ...] = ("POST",)
) -> Callable[[View], View]:
    """Decorate a view: at its address, which has this name, bodies may have `limit` bytes.

    By the address's name, because a server refuses what is too large before any view is called.
    """
    _limits.update({(url_name, method): limit for method in methods})
    return lambda view: view


def limit_of(url_name: str, method: str) -> int:
    """The most bytes of a body sent by this method to the address of this name."""
    limit = _limits.get((url_name, method), DEFAULT_LIMIT)
    return limit if isinstance(limit, int) else limit()


def declared() -> frozenset[tuple[str, str]]:
    """The names of addresses that take more than the default, each with a method."""
    return frozenset(_limits)

"""Who is at a socket and by what right; what the project passes to the consumer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Access:
    """Why a socket is allowed: `kind` is `session`, `token` or `owner` (local mode)."""

    user_id: UUID
    kind: str
    key: str = ""
    """The session's key or the token's digest."""


Ended = Callable[[Collection[Access]], set[Access]]
"""Which of these have ended: signed out, revoked, or the account is off. Asks the database."""

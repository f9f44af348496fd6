"""What a client may send over its socket: two small messages, and not too many of them."""

from __future__ import annotations

import json
from dataclasses import dataclass

EVERYTHING = "*"
MAX_BYTES = 16 * 1024
MAX_ID_CHARACTERS = 64
PER_SECOND, AT_ONCE = 20.0, 64.0
"""At once is more: a page that comes back subscribes to all that it shows."""
KINDS = ("subscribe", "unsubscribe")


@dataclass(frozen=True, slots=True)
class ClientMessage:
    """A message that is understood."""

    kind: str
    video_id: str


def parse(text: str | None) -> ClientMessage | None:
    """The message in a text, or None where there is none that is understood."""
    try:
        message = json.loads(text or "", object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("type") not in KINDS:
        return None
    video_id = message.get("videoId")
    if not isinstance(video_id, str) or not 0 < len(video_id) <= MAX_ID_CHARACTERS:
        return None
    # Half of a pair of surrogates passes as JSON, but no answer could name it.
    return ClientMessage(message["type"], video_id) if video_id.isprintable() else None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names each come once: of two values nobody knows which one is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


class Allowance:
    """How many messages a client may still send; times in seconds of one monotonic clock."""

    __slots__ = ("_at", "_left")

    def __init__(self, now: float) -> None:
        self._left = AT_ONCE
        self._at = now

    def take(self, now: float) -> bool:
        """Whether one more is allowed now."""
        self._left = min(AT_ONCE, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

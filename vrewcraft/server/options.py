"""The options of a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vrewcraft.http.body_limit import Limit


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a server; times in seconds, sizes in bytes."""

    body_limit: Limit
    """The most bytes a body may have, by raw path and method."""
    spool_dir: Path
    """Where bodies are kept while they arrive; on a disk, not in memory."""
    ping_interval: float = 20
    ping_timeout: float = 30
    stop_seconds: float = 8
    """How long requests under way may take to end once the server stops."""
    websocket_message_bytes: int = 16 * 1024
    """The largest message that a client may send over a WebSocket."""

"""Bounded readers of what a child prints. Pure."""

from __future__ import annotations

from videos.media.ffmpeg.progress import MAX_LINE

TAIL_BYTES = 4096


class LineSplitter:
    """Gives whole lines out of chunks; a line that is too long is dropped, not kept."""

    def __init__(self) -> None:
        self._rest = b""
        self._dropping = False

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that end in `chunk`, without their ends."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        if lines and self._dropping:
            del lines[0]
            self._dropping = False
        if len(rest) > MAX_LINE:
            rest, self._dropping = b"", True
        self._rest = rest
        return [line.decode("utf-8", "replace") for line in lines]


class Tail:
    """Keeps the last 4 KiB."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, chunk: bytes) -> None:
        """Take more bytes; the oldest go."""
        self._kept = (self._kept + chunk)[-TAIL_BYTES:]

    def text(self) -> str:
        """As text that any database takes: no NUL, no broken character at the cut."""
        return self._kept.decode("utf-8", "replace").replace("\0", "\ufffd").lstrip("\ufffd")

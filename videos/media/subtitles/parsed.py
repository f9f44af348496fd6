"""What the readers of all formats give, and how they read a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from videos.media.subtitles.cleaning import Text

_TIME = re.compile(
    r"(?:(?P<h>[0-9]{1,3}):)?(?P<m>[0-9]{1,3}):(?P<s>[0-9]{1,2})(?:[.,:](?P<f>[0-9]{1,6}))?"
)


@dataclass(frozen=True, slots=True)
class RawCue:
    """One cue as its file has it. `number` counts from 1; times in milliseconds."""

    number: int
    start_ms: int
    end_ms: int
    text: Text


def milliseconds(text: str) -> int | None:
    """[H:]MM:SS[.fff], with a dot or a comma; None where it is no time."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    minutes = int(match["h"] or 0) * 60 + int(match["m"])
    fraction = (match["f"] or "").ljust(3, "0")[:3]
    return (minutes * 60 + int(match["s"])) * 1000 + int(fraction)


def timecode(ms: int) -> str:
    """Milliseconds as 00:00:05.120."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"

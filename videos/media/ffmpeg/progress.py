"""ffmpeg's `-progress` blocks, read line by line. Pure: no clock, no process."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MAX_LINE = 1024
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_ENDINGS = {"continue": False, "end": True}
# out_time_ms is left out on purpose: it holds microseconds too. https://trac.ffmpeg.org/ticket/7345
_KEYS = frozenset({"frame", "fps", "total_size", "out_time_us", "speed"})


@dataclass(frozen=True, slots=True)
class Report:
    """One progress block; None where the program does not know or does not say."""

    frame: int | None = None
    """Frames written (or read, for children that only read)."""
    fps: float | None = None
    """Frames per second of wall time."""
    bytes: int | None = None
    """Bytes written; for children that only read, the read position."""
    out_time_us: int | None = None
    """Media time reached, microseconds; may be negative or step back."""
    speed: float | None = None
    """Media seconds per second of wall time."""
    ended: bool = False
    """Whether the program says it is done. No proof: its exit code and the output decide."""


class ReportParser:
    """Collects `key=value` lines and gives one Report per block."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def feed(self, line: str) -> Report | None:
        """Take one line, with or without its end; the Report once a block is whole."""
        if len(line) > MAX_LINE:
            return None
        name, equals, text = line.partition("=")
        key, value = name.strip(), text.strip()
        if equals and key in _KEYS:
            self._values[key] = value
        if key != "progress" or value not in _ENDINGS:
            return None
        values, self._values = self._values, {}
        return Report(
            frame=_integer(values.get("frame")),
            fps=_number(values.get("fps")),
            bytes=_integer(values.get("total_size")),
            out_time_us=_integer(values.get("out_time_us")),
            speed=_number(values.get("speed", "").removesuffix("x")),
            ended=_ENDINGS[value],
        )


def format_report(report: Report) -> str:
    """The block that `ReportParser` reads back as `report`, for children of our own."""
    pairs = {
        "frame": report.frame,
        "fps": report.fps,
        "total_size": report.bytes,
        "out_time_us": report.out_time_us,
        "speed": report.speed,
    }
    lines = [f"{key}={value}" for key, value in pairs.items() if value is not None]
    return "\n".join([*lines, f"progress={'end' if report.ended else 'continue'}", ""])


def _integer(text: str | None) -> int | None:
    return int(text) if text and _INTEGER.fullmatch(text) else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "nan")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


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

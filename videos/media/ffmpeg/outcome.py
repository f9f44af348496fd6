"""How a child process ended, and what that means."""

from __future__ import annotations

import enum
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from videos.media.ffmpeg.errors import (
    BadMedia,
    CpuTimeSpent,
    Crashed,
    DiskFull,
    FfmpegMissing,
    MediaError,
    MemoryLimit,
    OutOfMemory,
    OutputTooLarge,
    Stalled,
    TimedOut,
)
from videos.media.ffmpeg.launcher import EXIT_NOT_RUN
from videos.media.jobs.child import EXIT_REFUSED
from videos.media.probe.model import read_result

SIGNAL_BASE = 128
FATAL = "[fatal]"
"""ffmpeg gives up with exit code 0 where an output file is already there."""
EXIT_BY_SIGNAL = 255
"""ffmpeg's exit code after it received SIGTERM, SIGINT or SIGXCPU and closed its files."""
MAX_DETAIL = 200
_ORIGIN = re.compile(r"\[[^\]]* @ 0x[0-9a-f]+\] ?")
_LEVEL = re.compile(r"\[(fatal|error|panic)\] ?")
_ANY_LEVEL = re.compile(r"\[(info|warning|error|fatal|panic)\] ?")
# The folders of an absolute path; they may hold spaces.
_FOLDERS = re.compile(r"(?<![\w.])(?:file:)?/(?:[^/\n:'\"]+/)+")
# Lines that only say that there was an error.
_EMPTY_WORDS = re.compile(
    r"Conversion failed!|Error opening (input|output)\b|Nothing was written into"
    r"|Terminating thread|Task finished with error|Last message repeated"
)
_NO_MEMORY = ("Cannot allocate memory", "MemoryError")
_BY_TEXT = (
    ("No space left on device", DiskFull),
    ("Disk quota exceeded", DiskFull),
    *((text, OutOfMemory) for text in _NO_MEMORY),
)
TAIL_BYTES = 4096


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


class StopReason(enum.Enum):
    """Why a child was stopped before its own end."""

    CANCELLED = "cancelled"
    """A person asked for it."""
    SHUTDOWN = "shutdown"
    """The worker is leaving; the task goes back to pending."""
    LOST = "lost"
    """Another worker owns the task now."""
    TIMED_OUT = "timed_out"
    """Out of wall time."""
    CPU_SPENT = "cpu_spent"
    """Out of processor time."""
    STALLED = "stalled"
    """It made no progress."""


class StepStopped(Exception):
    """The step was stopped on purpose: neither a result nor an error of the media."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended."""

    exit_code: int
    """As a shell sees it: 128 + number for a signal."""
    signal: int | None
    stderr_tail: str
    """The last 4 KiB."""
    wall_seconds: float
    cpu_seconds: float
    """Of all its threads, and of the children it waited for."""
    stopped: StopReason | None
    """Why we stopped it; None where it ended by itself."""
    file_limit: int | None = None
    """Bytes that a file of it may have had."""
    memory_limit: int | None = None
    """Bytes of memory that it may have had."""


def raise_for_exit(finished: Finished, result: Path | None = None) -> None:
    """Return after exit code 0 without a fatal message; else raise the MediaError that it means.

    `result` is the file where a child of our own says why it refused. A step stopped for a reason
    that is no failure raises StepStopped.
    """
    tail = finished.stderr_tail
    if finished.stopped is StopReason.TIMED_OUT:
        raise TimedOut({"seconds": round(finished.wall_seconds)}, tail)
    if finished.stopped is StopReason.CPU_SPENT:
        raise CpuTimeSpent({"seconds": round(finished.cpu_seconds)}, tail)
    if finished.stopped is StopReason.STALLED:
        raise Stalled({"seconds": round(finished.wall_seconds)}, tail)
    if finished.stopped is not None:
        raise StepStopped(finished.stopped)
    if finished.signal is not None:
        raise _died(finished, finished.signal)
    if finished.exit_code == EXIT_REFUSED and result is not None and result.exists():
        _raise_media_error(result, finished.stderr_tail)
    if finished.exit_code != 0 or FATAL in finished.stderr_tail:
        raise _failed(finished)


def detail_of(stderr_tail: str) -> str:
    """The line of ffmpeg's messages that says most, without addresses and folders."""
    lines = [_ORIGIN.sub("", line).strip() for line in stderr_tail.splitlines()]
    meaningful = [
        line for line in lines if _ANY_LEVEL.sub("", line) and not _EMPTY_WORDS.search(line)
    ]
    errors = [line for line in meaningful if _LEVEL.search(line)]
    best = (errors or meaningful or lines or [""])[-1]
    return _FOLDERS.sub("", _ANY_LEVEL.sub("", best))[:MAX_DETAIL]


def _died(finished: Finished, number: int) -> MediaError:
    named, tail = {"detail": _signal_name(number)}, finished.stderr_tail
    if number == signal.SIGXCPU:
        return CpuTimeSpent({"seconds": round(finished.cpu_seconds)}, tail)
    if number == signal.SIGXFSZ:
        return OutputTooLarge({"limit": _mib(finished.file_limit)}, tail)
    if number == signal.SIGKILL:  # not by us: the kernel's answer to a machine out of memory
        return OutOfMemory(named, tail)
    return Crashed(named, tail)


def _failed(finished: Finished) -> MediaError:
    tail, detail = finished.stderr_tail, detail_of(finished.stderr_tail)
    if finished.memory_limit and any(text in tail for text in _NO_MEMORY):
        return MemoryLimit({"limit": _mib(finished.memory_limit)}, tail)
    named = {"detail": detail or f"exit code {finished.exit_code}"}
    for text, error in _BY_TEXT:
        if text in tail:
            return error(named, tail)
    if finished.exit_code == EXIT_NOT_RUN and "cannot run" in tail:
        return FfmpegMissing(named, tail)
    if finished.exit_code == EXIT_BY_SIGNAL:
        return Crashed(named, tail)
    return BadMedia(named, tail)


def _mib(limit: int | None) -> int:
    return (limit or 0) // 1024**2


def _raise_media_error(result: Path, stderr_tail: str) -> None:
    try:
        read_result(result)
    except MediaError as error:
        error.stderr_tail = stderr_tail
        raise


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

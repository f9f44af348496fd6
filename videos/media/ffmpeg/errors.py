"""What can go wrong with media: one class per kind of failure, saying whether a retry can help."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, ClassVar

Value = str | int | float
"""What a placeholder of an error sentence may hold."""


class Retry(enum.Enum):
    """Whether the same work may be tried again after an error."""

    NEVER = "never"
    """The data or the request is at fault: the same work fails the same way."""
    CRASH = "crash"
    """The program died, ran out of memory or of time: perhaps an accident."""
    INFRASTRUCTURE = "infrastructure"
    """The machine is at fault (disk full, program missing): worth waiting for."""


BY_CODE: dict[str, type[MediaError]] = {}
"""Every code that can reach a user; each class of a failure enters its own."""


class MediaError(Exception):
    """A failure with a stable `code`; sentences for people are made from `code` and `args`."""

    code: ClassVar[str] = "bad_media"
    retry: ClassVar[Retry] = Retry.NEVER

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" in cls.__dict__:
            BY_CODE[cls.code] = cls

    def __init__(self, args: Mapping[str, Value] | None = None, stderr_tail: str = "") -> None:
        super().__init__()
        self._named = dict(args or {})
        self.stderr_tail = stderr_tail

    @property
    def args(self) -> dict[str, Value]:  # type: ignore[override]  # a tuple in BaseException
        """Named values for the placeholders of the sentence."""
        return self._named

    def __str__(self) -> str:
        named = ", ".join(f"{key}={value}" for key, value in self._named.items())
        return f"{self.code} ({named})" if named else self.code


class NotAVideo(MediaError):
    """No media file at all, or of a kind that we do not read."""

    code = "not_a_video"


class EmptyFile(MediaError):
    """A file of zero bytes."""

    code = "empty_file"


class NoVideoTrack(MediaError):
    """Sound, cover pictures or subtitles only."""

    code = "no_video_track"


class Truncated(MediaError):
    """So much is missing that nothing can be read: an upload or recording that was cut off."""

    code = "truncated"


class ForbiddenFormat(MediaError):
    """A playlist, manifest or drawing: it names other files instead of holding a video."""

    code = "forbidden_format"


class TooLargePicture(MediaError):
    """More pixels than we decode. args: width, height, limit."""

    code = "too_large_picture"


class TooManyStreams(MediaError):
    """More tracks than we read. args: limit."""

    code = "too_many_streams"


class Encrypted(MediaError):
    """Copy-protected: the pictures cannot be read without a key."""

    code = "encrypted"


class NoTimes(MediaError):
    """Pictures without times: nothing can be cut at one."""

    code = "no_times"


class BadMedia(MediaError):
    """ffmpeg failed on this data. args: detail (one line of English)."""

    code = "bad_media"


class Crashed(MediaError):
    """The program died by a signal or ended in an unexpected way. args: detail."""

    code = "crashed"
    retry = Retry.CRASH


class OutOfMemory(MediaError):
    """The program was refused memory, or was killed for its use of it."""

    code = "out_of_memory"
    retry = Retry.CRASH


class TimedOut(MediaError):
    """The program took longer than it may. args: seconds."""

    code = "timed_out"
    retry = Retry.CRASH


class CpuTimeSpent(MediaError):
    """The program used up its processor time. args: seconds."""

    code = "cpu_limit"
    retry = Retry.CRASH


class Stalled(MediaError):
    """The program made no progress for too long. args: seconds."""

    code = "stalled"
    retry = Retry.CRASH


class MemoryLimit(MediaError):
    """The program asked for more memory than it may have. args: limit (MiB)."""

    code = "memory_limit"
    retry = Retry.CRASH


class OutputTooLarge(MediaError):
    """A file grew past what it may. args: limit (MiB)."""

    code = "output_limit"


class NoRoom(MediaError):
    """The disk has too little space for the output; nothing was begun. args: free, needed (MiB)."""

    code = "no_room"
    retry = Retry.INFRASTRUCTURE


class DiskFull(MediaError):
    """No space left where the output is written."""

    code = "disk_full"
    retry = Retry.INFRASTRUCTURE


class FfmpegMissing(MediaError):
    """No ffmpeg program that can be run. args: detail."""

    code = "ffmpeg_missing"
    retry = Retry.INFRASTRUCTURE


class BadOutput(MediaError):
    """The output is not what the plan promised, nor will it be the next time. args: detail."""

    code = "bad_output"


def error_to_json(error: MediaError) -> dict[str, Any]:
    """What a child module writes to its result file in place of a result."""
    return {"error": {"code": error.code, "args": error.args}}


def error_from_json(data: Mapping[str, Any]) -> MediaError | None:
    """The error in a result file, None where it holds a result."""
    error = data.get("error")
    if error is None:
        return None
    cls = BY_CODE.get(str(error.get("code")), BadMedia)
    return cls(error.get("args"))

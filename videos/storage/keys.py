"""The keys that the library's files lie under."""

from __future__ import annotations

from uuid import UUID

MARK = "library.mark"
"""Of the number that is kept beside the files; a folder has it in the data folder."""


def source_key(video_id: UUID, suffix: str, attempt: int = 0) -> str:
    """The key of a video's source, of an upload (0) or of the attempt that made it.

    Names of clients never become paths.
    """
    return f"sources/{video_id}/{attempt}/source{suffix}"


def output_key(task_id: UUID, attempt: int, file_name: str) -> str:
    """The key of an attempt's output: two attempts can never write the same file."""
    return f"outputs/{task_id}/{attempt}/{file_name}"


def source_prefix(video_id: UUID, attempt: int | None = None) -> str:
    """All sources that a video ever had, or that of one attempt."""
    return _prefix("sources", video_id, attempt)


def output_prefix(task_id: UUID, attempt: int | None = None) -> str:
    """All outputs of a task, or of one attempt, finished or not."""
    return _prefix("outputs", task_id, attempt)


def subtitles_prefix(file_id: UUID) -> str:
    """A subtitle file, as it came and as it was written anew."""
    return _prefix("subtitles", file_id, None)


def _prefix(root: str, key: UUID, attempt: int | None) -> str:
    return f"{root}/{key}/" if attempt is None else f"{root}/{key}/{attempt}/"

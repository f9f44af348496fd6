"""The keys that the library's files lie under."""

from __future__ import annotations

from uuid import UUID


def source_key(video_id: UUID, suffix: str, attempt: int = 0) -> str:
    """The key of a video's source, of an upload (0) or of the attempt that made it.

    Names of clients never become paths.
    """
    return f"sources/{video_id}/{attempt}/source{suffix}"


def output_key(task_id: UUID, attempt: int, file_name: str) -> str:
    """The key of an attempt's output: two attempts can never write the same file."""
    return f"outputs/{task_id}/{attempt}/{file_name}"

"""Uploads as JSON."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict

from videos.core.enums import StepCode
from videos.core.json_types import choice, described
from videos.models import Upload

UPLOADING = "uploading"


@described
class UploadState(TypedDict):
    """How far an upload is: the same fields as a task's progress, and its own."""

    percent: float
    """0 to 100; 100 once, when the whole file is in the library."""
    message: str
    """`Uploading` or `Storing`."""
    taskId: None
    operation: Annotated[str, choice(["upload"])]
    status: Annotated[str, choice(["processing"])]
    step: Annotated[str, choice([UPLOADING, StepCode.STORING])]
    """`storing`: it goes on into the bucket, which is the last tenth of the percent."""
    etaSeconds: float | None
    """Seconds left, null while that would be a guess."""
    speed: None
    fps: None
    indeterminate: bool
    """True while its length is not known."""
    doneSeconds: None
    doneBytes: int
    stalled: bool
    received: int
    """Bytes that are safe on the server's disk."""
    length: int | None
    """Bytes, null while the client has not said."""
    bytesPerSecond: float | None
    """Smoothed; null while that would be a guess."""
    seq: int
    """Rises within the upload."""


def upload_state(upload: Upload) -> UploadState:
    """How far an upload is: bytes that are safe on disk, percent 0 to 100."""
    return {
        "percent": upload.percent,
        "message": "Storing" if upload.is_being_stored else "Uploading",
        "taskId": None,
        "operation": "upload",
        "status": "processing",
        "step": StepCode.STORING if upload.is_being_stored else UPLOADING,
        "etaSeconds": upload.left_seconds,
        "speed": None,
        "fps": None,
        "indeterminate": upload.length is None,
        "doneSeconds": None,
        "doneBytes": upload.received,
        "stalled": False,
        "received": upload.received,
        "length": upload.length,
        "bytesPerSecond": upload.bytes_per_second,
        "seq": upload.seq,
    }

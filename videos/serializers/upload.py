"""Uploads as JSON."""

from __future__ import annotations

from typing import Any

from videos.core.enums import StepCode
from videos.models import Upload


def upload_state(upload: Upload) -> dict[str, Any]:
    """How far an upload is: bytes that are safe on disk, percent 0 to 100."""
    return {
        "percent": upload.percent,
        "message": "Storing" if upload.is_being_stored else "Uploading",
        "taskId": None,
        "operation": "upload",
        "status": "processing",
        "step": StepCode.STORING if upload.is_being_stored else "uploading",
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

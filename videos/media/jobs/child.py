"""How our own child modules start, report and fail."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from videos.media.ffmpeg.errors import MediaError, error_to_json
from videos.media.ffmpeg.progress import Report, format_report

EXIT_REFUSED = 3
REPORT_SECONDS = 0.1
ROOT = Path(__file__).resolve().parents[3]
"""Where the `videos` package lies; children find it by PYTHONPATH, which `run_step` sets."""


def child_command(module: str, *arguments: str, package: str = "videos.media.jobs") -> list[str]:
    """The command of a child module. -P: nothing is imported from the folder it runs in."""
    return [sys.executable, "-P", "-m", f"{package}.{module}", *arguments]


class Reporter:
    """Prints progress blocks as ffmpeg does, ten a second at most."""

    def __init__(self) -> None:
        self._next = 0.0

    def report(self, report: Report) -> None:
        """Print it, unless the last one was printed just before; a last one is always printed."""
        now = time.monotonic()
        if now < self._next and not report.ended:
            return
        self._next = now + REPORT_SECONDS
        sys.stdout.write(format_report(report))
        sys.stdout.flush()


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write a result file whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(data, file, separators=(",", ":"))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def run_child(work: Callable[[], dict[str, Any] | None], result: Path | None = None) -> int:
    """Do `work` and write what it gives to `result`; a MediaError becomes exit code 3.

    The error goes to `result` too, and one line of it to stderr.
    """
    try:
        data = work()
    except MediaError as error:
        if result is not None:
            write_json(result, error_to_json(error))
        sys.stderr.write(f"[error] {error}\n")
        return EXIT_REFUSED
    if result is not None and data is not None:
        write_json(result, data)
    Reporter().report(Report(ended=True))
    return 0

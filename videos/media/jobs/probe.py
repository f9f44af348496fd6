"""Probe a file in a child process: `python -m videos.media.jobs.probe SOURCE RESULT.json`.

Importing this module does not import PyAV, so the server may.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from videos.media.ffmpeg.errors import NoTimes
from videos.media.jobs.child import child_command, run_child
from videos.media.probe.model import Caution, Kind, Probe, StreamInfo, read_result

__all__ = ["Caution", "Kind", "Probe", "StreamInfo", "probe_command", "read_result"]


def probe_command(source: Path, result: Path) -> list[str]:
    """The command that scans `source` and writes `result`, which `read_result` reads."""
    return child_command("probe", str(source), str(result))


def main(argv: list[str]) -> int:
    """Scan, and refuse what has no film in it."""
    source, result = map(Path, argv)
    return run_child(lambda: _inspect(source, index_path(result)), result)


def index_path(result: Path) -> Path:
    """Where the index lies that a probe or a check makes beside its result."""
    return result.with_suffix(".index")


def _inspect(source: Path, index: Path) -> dict[str, Any]:
    """The scan and, in a thread beside it, the hash: both mostly wait for the same disk."""
    from videos.media.probe import scan  # noqa: PLC0415 (brings PyAV, which the server must not load)

    with ThreadPoolExecutor(1) as beside:
        hashed = beside.submit(sha256, source)
        found = scan.scan_with_index(source, need_video=True)
        if found.index is None:
            raise NoTimes
        index.write_bytes(found.index.to_bytes())
        return dataclasses.replace(found.probe, sha256=hashed.result()).to_json()


def sha256(path: Path) -> str:
    """The SHA-256 of a whole file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

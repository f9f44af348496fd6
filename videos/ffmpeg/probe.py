"""Probe a file in a child process: `python -m videos.ffmpeg.probe SOURCE RESULT.json`.

Importing this module does not import PyAV, so the server may.
"""

from __future__ import annotations

import sys
from pathlib import Path

from videos.ffmpeg.child import child_command, run_child
from videos.ffmpeg.media import Caution, Kind, Probe, StreamInfo, read_result

__all__ = ["Caution", "Kind", "Probe", "StreamInfo", "probe_command", "read_result"]


def probe_command(source: Path, result: Path) -> list[str]:
    """The command that scans `source` and writes `result`, which `read_result` reads."""
    return child_command("probe", str(source), str(result))


def main(argv: list[str]) -> int:
    """Scan, and refuse what has no film in it."""
    from videos.ffmpeg import scan  # noqa: PLC0415 (brings PyAV, which the server must not load)

    source, result = map(Path, argv)
    return run_child(lambda: scan.scan(source, need_video=True).to_json(), result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

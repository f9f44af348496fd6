"""Make a poster in a child process.

python -m videos.media.jobs.poster SOURCE OUT.jpg --at SECONDS --width PIXELS
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from videos.media.jobs.child import child_command, run_child

WIDTH = 640


def poster_command(source: Path, out: Path, *, at: float, width: int = WIDTH) -> list[str]:
    """The command that draws the keyframe at or before `at` seconds, at most `width` wide."""
    return child_command(
        "poster", str(source), str(out), "--at", f"{at:.6f}", "--width", str(width)
    )


def main(argv: list[str]) -> int:
    """Draw one picture."""
    from videos.media.jobs import picture  # noqa: PLC0415 (brings PyAV, which the server must not load)

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--at", type=float, default=0.0)
    parser.add_argument("--width", type=int, default=WIDTH)
    options = parser.parse_args(argv)
    return run_child(
        lambda: picture.draw(options.source, options.out, at=options.at, width=options.width)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Pairs of this checkout and an earlier commit, by turns: `python -m bench.reports COMMIT`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.harness.figures import Report

ROOT = Path(__file__).resolve().parents[2]
PAIRS = 6
MAX_RATIO = 0.6


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A commit of this repository in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="vrewcraft-before-") as folder:
        git = ("git", "-C", str(ROOT), "worktree")
        subprocess.run([*git, "add", "--detach", "--quiet", folder, commit], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run([*git, "remove", "--force", folder], check=True)


def cpu_rate(folder: Path) -> float:
    """CPU seconds of that checkout's server for each second of an unwatched encode."""
    words = [sys.executable, str(ROOT / "bench" / "reports" / "measure.py")]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main(commit: str) -> int:
    """Measure, and print the ratio of each pair."""
    report = Report()
    with report.measuring("pairs"), checkout(commit) as before:
        ratios = []
        for number in range(1, PAIRS + 1):
            old, new = cpu_rate(before), cpu_rate(ROOT)
            ratios.append(new / old)
            report.note(f"pair {number}: CPU of {commit}, of this, in %", f"{old:.2%} {new:.2%}")
        report.at_most(f"CPU of an unwatched encode / {commit}", median(ratios), MAX_RATIO)
    return report.finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the commit to compare with: make bench-reports BASE=commit")
    sys.exit(main(sys.argv[1]))

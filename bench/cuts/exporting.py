"""Exports as a worker makes them, step by step, with what each child has used."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tests import media
from videos.media.jobs.child import ROOT
from videos.operations import cuts
from videos.operations.base import Plan, Source
from videos.operations.cuts import Burn, Cut, Naming
from videos.worker.publish import verify_steps

Segments = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Used:
    """What processes have used: CPU seconds, the largest memory of one (bytes), bytes moved."""

    cpu: float = 0.0
    memory: int = 0
    read: int = 0
    written: int = 0

    def with_(self, other: Used) -> Used:
        """Both together."""
        return Used(
            self.cpu + other.cpu,
            max(self.memory, other.memory),
            self.read + other.read,
            self.written + other.written,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A result, what its cutter used, and what all of its task did."""

    path: Path
    plan: Plan
    cutter: Used
    task: Used


@cache
def source_of(path: Path) -> Source:
    """A film as operations see it, with its index."""
    return media.source(path)


def export(source: Path, segments: Segments, folder: Path, *, burn: Burn | None = None) -> Made:
    """Make a result of these segments (none: all of it) in `folder`, which is its own."""
    film = source_of(source)
    work = folder / "1"
    work.mkdir(parents=True)
    plan = cuts.build(film, Cut(segments=tuple(segments), burn=burn), Naming("export"), work)
    for name, content in plan.files.items():
        (work / name).write_bytes(content)
    cutter = Used()
    for step in plan.steps:
        cutter = cutter.with_(run(step.argv, work))
    task = cutter
    for step in verify_steps(plan.artifacts, work):
        task = task.with_(run(step.argv, work))
    return Made(plan.artifacts[0].path, plan, cutter, task)


def run(argv: Sequence[str], folder: Path) -> Used:
    """Run a command to its end. Raises RuntimeError with what it said where it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            argv, cwd=folder, stdout=subprocess.DEVNULL, stderr=said, env=environment
        )
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        moved = _moved(process.pid)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError((folder / "said").read_text(errors="replace")[-2000:])
    used = Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
    return replace(used, read=moved.get("rchar", 0), written=moved.get("wchar", 0))


def _moved(pid: int) -> dict[str, int]:
    """What a process has read and written (man 5 proc, /proc/pid/io); it may have ended."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return {name: int(value) for name, _, value in (line.partition(": ") for line in lines)}

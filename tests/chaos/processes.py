"""Looks at processes by /proc: whose children they are, and which of them work in a folder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
STATE, PARENT, STARTED = 0, 1, 19


@dataclass(frozen=True, slots=True)
class Process:
    """One process. Its start, in clock ticks since boot, tells it from a later one of its number.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """

    pid: int
    parent: int
    started: int
    folder: str

    @property
    def lives(self) -> bool:
        """Whether it still runs."""
        found = _read(self.pid)
        return found is not None and found.started == self.started


def all_processes() -> list[Process]:
    """Everything that runs now, those without a readable folder aside."""
    found = (_read(int(each.name)) for each in PROC.iterdir() if each.name.isdecimal())
    return [process for process in found if process]


def descendants(pid: int) -> list[Process]:
    """Children, their children and so on."""
    children: defaultdict[int, list[Process]] = defaultdict(list)
    for process in all_processes():
        children[process.parent].append(process)
    found, rest = [], [pid]
    while rest:
        born = children[rest.pop()]
        found += born
        rest += [process.pid for process in born]
    return found


def at_work(folder: Path) -> list[Process]:
    """The processes whose current folder is this one or lies in it, deleted meanwhile or not."""
    inside = f"{folder}/"
    return [each for each in all_processes() if f"{each.folder}/".startswith(inside)]


def _read(pid: int) -> Process | None:
    """None where it has ended, also where only its parent has not noticed yet."""
    try:
        stat = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        folder = str((PROC / str(pid) / "cwd").readlink())
    except OSError:
        return None
    if stat[STATE] in "ZX":
        return None
    return Process(pid, int(stat[PARENT]), int(stat[STARTED]), folder)

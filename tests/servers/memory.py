"""What a process holds in memory, in bytes.

https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
"""

from __future__ import annotations

from pathlib import Path


def resident(pid: int) -> int:
    """Held now."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> int:
    """The most since its start, or since `forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Count the peak afresh (proc_pid_clear_refs(5))."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status(pid: int, what: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{what}:"))
    return int(line.split()[1]) * 1024

"""Who a worker is: a name that shows whether its process still lives on this machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def this_host() -> str:
    """This boot of this machine and its process namespace, within which pids mean something."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()[:8]
        namespace = (PROC / "self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}-{boot}-{namespace}"


def this_process() -> str:
    """`host/pid/start`: the start time keeps a reused pid from passing for an old worker."""
    return f"{this_host()}/{os.getpid()}/{_started(os.getpid())}"


def dead(workers: Iterable[str]) -> list[str]:
    """Those of this machine whose process has gone. Others cannot be judged from here."""
    host = this_host()
    return [worker for worker in workers if _is_dead(worker, host)]


def _is_dead(worker: str, host: str) -> bool:
    name, _, rest = worker.partition("/")
    pid, _, started = rest.partition("/")
    return name == host and pid.isdecimal() and started not in ("", _started(int(pid)))


def _started(pid: int) -> str:
    """The process's start in clock ticks since boot (proc(5), field 22); empty where unknown."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return "gone" if PROC.joinpath("stat").exists() else ""
    return stat.rpartition(")")[2].split()[19]

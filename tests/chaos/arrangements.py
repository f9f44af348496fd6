"""The ways VrewCraft is run, each with its processes and settings; a new one is one more value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

# Short leases, so that what is lost comes back within seconds; budgets that no run uses up, so
# that every task that can end well does.
SHORT_AND_PATIENT = {
    "VREWCRAFT_LEASE_SECONDS": "3",
    "VREWCRAFT_HEARTBEAT_SECONDS": "0.7",
    "VREWCRAFT_REAP_SECONDS": "0.7",
    "VREWCRAFT_MAX_LOSSES": "1000",
    "VREWCRAFT_CRASH_RETRIES": "1000",
    "VREWCRAFT_INFRASTRUCTURE_RETRIES": "1000",
    "VREWCRAFT_RETRY_SECONDS": "0.05",
    "VREWCRAFT_DISK_FLOOR_BYTES": "0",
}
# For a reaping once all is at rest: whatever belongs to nothing may go at once.
AT_ONCE = {"VREWCRAFT_LEFTOVER_SECONDS": "0.01", "VREWCRAFT_UNREFERENCED_SECONDS": "0.01"}
CELERY_APP = "vrewcraft.contrib.celery.app"
LEASE_SECONDS = float(SHORT_AND_PATIENT["VREWCRAFT_LEASE_SECONDS"])


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which processes and services run, and how often each is hit."""

    letter: str
    title: str
    weights: Mapping[str, float]
    """How often each kind of fault is drawn (faults.py), against the others."""
    workers: Sequence[Sequence[str]] = ()
    """Arguments of the Python interpreter, one list for each worker process."""
    postgres: bool = False
    """SQLite in the data folder where not."""
    valkey: bool = False
    supervised: bool = False
    """Whether its processes may end by themselves and count on being started again. Celery's do:
    with 1, where Valkey or a process of the pool goes at the wrong moment."""
    arms: bool = True
    """Whether workers are started with fault points: not where each death brings forth another
    process with the same environment, which would die at the same point for ever."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Settings beyond those of all arrangements."""


THREADS = Arrangement(
    letter="A",
    title="manage.py serve with worker threads, SQLite",
    weights={"web": 3, "step": 7, "freeze": 0.3},
    env={"VREWCRAFT_CPU_SLOTS": "2"},
)
PROCESSES = Arrangement(
    letter="B",
    title="manage.py serve, two manage.py work, PostgreSQL, Valkey",
    weights={"web": 1, "worker": 3, "step": 4, "valkey": 2, "freeze": 0.7},
    workers=(("manage.py", "work"), ("manage.py", "work")),
    postgres=True,
    valkey=True,
    env={"VREWCRAFT_RUN_WORKER": "no"},
)
CELERY = Arrangement(
    letter="C",
    title="manage.py serve, two Celery workers of two processes, PostgreSQL, Valkey",
    weights={"web": 1, "worker": 3, "step": 4, "valkey": 2, "freeze": 0.7},
    workers=tuple(
        (*("-m", "celery", "-A", CELERY_APP, "worker"), "-n", name, "--concurrency", "2")
        for name in ("one@%h", "two@%h")
    ),
    postgres=True,
    valkey=True,
    supervised=True,
    arms=False,
    env={"VREWCRAFT_ENGINE": "celery"},
)
ARRANGEMENTS = {
    each.letter: each
    for each in (THREADS, PROCESSES, CELERY)
    if each is not CELERY or find_spec(CELERY_APP)
}

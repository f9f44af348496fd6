"""Work of several threads at the same moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

START_SECONDS = 10


def together(works: Sequence[Callable[[], object]]) -> list[object]:
    """Start all at once; what each gave or raised, in their order."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            gate.wait(START_SECONDS)
            return work()
        except Exception as error:  # noqa: BLE001 (the test looks at whatever it was)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))

"""A clock that can be paused: seconds in which a child could work."""

from __future__ import annotations

import time
from collections.abc import Callable


class Stopwatch:
    """A clock like `time.monotonic` that leaves out the time between `stop` and `resume`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left_out = 0.0
        self._stopped_at: float | None = None

    def __call__(self) -> float:
        """Seconds from an unknown beginning."""
        now = self._clock() if self._stopped_at is None else self._stopped_at
        return now - self._left_out

    @property
    def stands(self) -> bool:
        """Whether it is paused."""
        return self._stopped_at is not None

    def stop(self) -> None:
        """Pause from now on."""
        if self._stopped_at is None:
            self._stopped_at = self._clock()

    def resume(self) -> None:
        """Run again."""
        if self._stopped_at is not None:
            self._left_out += self._clock() - self._stopped_at
            self._stopped_at = None

"""How far a plan is: its steps weighted by what they are expected to cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

ETA_AFTER_SECONDS = 3.0
ALMOST = 0.999


class Tracker:
    """The fraction of the whole plan: never falls, and stays below 1 until the task is complete.

    `weights` are expected wall seconds, one per step.
    """

    def __init__(
        self, weights: Sequence[float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._weights = [max(weight, 0.001) for weight in weights]
        self._total = sum(self._weights)
        self._clock = clock
        self._began = clock()
        self._step = 0
        self.fraction = 0.0

    def begin(self, step: int) -> None:
        """All steps before this one are done."""
        self._step = step
        self._raise_to(0.0)

    def report(self, part: float) -> None:
        """The current step is that far (0..1; anything else is clamped)."""
        if part == part:  # NaN is no report
            self._raise_to(min(max(part, 0.0), 1.0))

    def _raise_to(self, part: float) -> None:
        done = sum(self._weights[: self._step]) + self._weights[self._step] * part
        self.fraction = max(self.fraction, min(done / self._total, ALMOST))

    def eta_seconds(self) -> float | None:
        """Seconds left by the pace so far; None for the first 3 s."""
        elapsed = self._clock() - self._began
        if elapsed < ETA_AFTER_SECONDS or self.fraction < 0.01:
            return None
        return elapsed * (1 - self.fraction) / self.fraction

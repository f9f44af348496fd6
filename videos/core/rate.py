"""How fast bytes arrive, smoothed. Pure. The page measures alike (api/transfer-rate.js)."""

from __future__ import annotations

import math
from dataclasses import dataclass

MEMORY_SECONDS = 6.0
# Before that, a time left would be a guess.
SETTLED_SECONDS = 3.0
# Longer between two chunks, the sender paused or lost its line: measuring begins anew.
MAX_GAP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Bytes a second, None while nothing is known, and for how many seconds it was measured."""

    per_second: float | None = None
    seconds: float = 0.0

    def after(self, count: int, seconds: float) -> Rate:
        """The rate once so many more bytes came in so many seconds."""
        if seconds > MAX_GAP_SECONDS:
            return Rate()
        if seconds <= 0:
            return self
        latest = count / seconds
        known = latest if self.per_second is None else self.per_second
        weight = 1 - math.exp(-seconds / MEMORY_SECONDS)
        return Rate(known + weight * (latest - known), self.seconds + seconds)

    def left(self, count: int) -> float | None:
        """Seconds until so many more bytes are there; None while that would be a guess."""
        if not self.per_second or self.seconds < SETTLED_SECONDS:
            return None
        return count / self.per_second

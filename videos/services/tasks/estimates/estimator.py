"""How far a task is and how long it will take: pure arithmetic on what its steps report.

The fraction is work done, not time gone by: a stalled child moves nothing. What remains
is weighed again with each report by the pace that was seen; that bends the way ahead and never
moves the fraction back.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ALMOST = 0.9999
# How long an observed pace counts. https://en.wikipedia.org/wiki/Exponential_smoothing
MEMORY_SECONDS = 12.0
# Longer between two reports, the child was stopped or starved: that time says nothing of its pace.
MAX_GAP_SECONDS = 2.0
# A guess counts as much as this many seconds of observing, a learned cost as much as these: content
# differs, so what is seen soon says more than what other films have cost.
GUESS_SECONDS, LEARNED_SECONDS = 0.3, 0.7
# A time left means something once the work itself has been watched for so long, or was learned.
WATCHED_SECONDS, LEARNED_WATCHED_SECONDS = 3.0, 1.0
# How quickly the displayed time left follows the estimate.
SLEW_SECONDS = 3.0
LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Stage:
    """What one step is expected to cost in wall seconds.

    `start` until its first sign of progress, `work` from then on, `tail` after the last one.
    `learned`: measured on this machine; else it is a guess.
    """

    start: float
    work: float
    tail: float = 0.0
    learned: bool = False

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.start + self.work + self.tail


@dataclass(frozen=True, slots=True)
class Observed:
    """What a step really cost, in wall seconds as `Stage` has them; `part` is how far it came."""

    start: float
    work: float
    tail: float
    part: float


class Estimator:
    """The fraction of a whole plan: within [0, 1), never falling; and the time that is left."""

    def __init__(
        self, stages: Sequence[Stage], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stages = list(stages)
        self._clock = clock
        self._last_eta: float | None = None
        self._last_eta_at = 0.0
        self.fraction = 0.0
        self._part = self._first_part = 0.0
        self._first_sign: float | None = None
        self._seconds = self._parts = 0.0
        self._began = self._last_gain = self._reported_at = clock()
        self._enter(0)

    def begin(self, number: int) -> None:
        """The steps before this one are over."""
        before = self.remaining
        self._enter(number)
        self._lower_to(before)

    def report(self, part: float | None) -> None:
        """The current step has done that part of its work; None: it works, how far is unknown."""
        self._known = part is not None
        if part is None or math.isnan(part):
            return
        now, before = self._clock(), self.remaining
        reached = min(max(part, self._part), 1.0)
        if self._first_sign is None and reached <= 0:
            return  # ffmpeg talks before it works
        gained, self._part = reached - self._part, reached
        if gained > 0:
            self._last_gain = now
        if self._first_sign is None:
            self._first_sign, self._first_part = now, reached
            self._lower_to(before)
        else:
            self._lower_to(before)
            self._weigh(now - self._reported_at, gained)
        self._reported_at = now

    def observed(self) -> Observed:
        """What the current step has cost until now."""
        now = self._clock()
        if self._first_sign is None:
            return Observed(now - self._began, 0.0, 0.0, 0.0)
        return Observed(
            start=self._first_sign - self._began,
            work=max(0.0, self._last_gain - self._first_sign),
            tail=now - max(self._last_gain, self._first_sign),
            part=self._part - self._first_part,
        )

    @property
    def indeterminate(self) -> bool:
        """Whether the current step works without saying how far it is."""
        return not self._known

    @property
    def remaining(self) -> float:
        """The expected wall seconds of what is not done."""
        later = sum(stage.seconds for stage in self._stages[self._number + 1 :])
        stage = self._stages[self._number]
        start = stage.start if self._first_sign is None else 0.0
        return start + (1 - self._part) * self._pace() + stage.tail + later

    def eta_seconds(self) -> float | None:
        """The time left, which runs down smoothly; None while it would be a guess."""
        now, remaining = self._clock(), self.remaining
        if self.indeterminate or (self._last_eta is None and not self._is_watched(now)):
            return None
        if self._last_eta is None:
            self._last_eta, self._last_eta_at = remaining, now
        seconds, self._last_eta_at = max(0.0, now - self._last_eta_at), now
        expected = max(0.0, self._last_eta - seconds)
        self._last_eta = expected + (remaining - expected) * (1 - math.exp(-seconds / SLEW_SECONDS))
        return self._last_eta

    def _is_watched(self, now: float) -> bool:
        learned = self._stages[self._number].learned
        least = LEARNED_WATCHED_SECONDS if learned else WATCHED_SECONDS
        return self._first_sign is not None and now - self._first_sign >= least

    def _enter(self, number: int) -> None:
        self._number = number
        self._part = self._first_part = 0.0
        self._first_sign = None
        self._known = True
        self._began = self._last_gain = self._reported_at = self._clock()
        self._seconds = self._parts = 0.0

    def _pace(self) -> float:
        """Wall seconds that the whole work of this step takes: as expected, then as observed.

        Means of logarithms: a guess may be wrong by a factor either way.
        """
        stage = self._stages[self._number]
        expected = max(stage.work, LEAST)
        if self._parts < LEAST or self._seconds < LEAST:
            return expected
        known = LEARNED_SECONDS if stage.learned else GUESS_SECONDS
        trust = self._seconds / (self._seconds + known)
        return math.exp(
            (1 - trust) * math.log(expected) + trust * math.log(self._seconds / self._parts)
        )

    def _weigh(self, seconds: float, gained: float) -> None:
        if not 0 <= seconds <= MAX_GAP_SECONDS:
            return
        weight = math.exp(-seconds / MEMORY_SECONDS)
        self._seconds = self._seconds * weight + seconds
        self._parts = self._parts * weight + gained

    def _lower_to(self, before: float) -> None:
        """As much of what was left of the bar is done as of what was left of the work."""
        if before > 0:
            left = min(1.0, max(0.0, self.remaining / before))
            self.fraction = min(max(self.fraction, 1 - (1 - self.fraction) * left), ALMOST)

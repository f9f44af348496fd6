"""The highest rate that a server delivers without a loss and in time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bench.live.receiver import Receiver
from bench.live.servers import LiveServer

PROBE_SECONDS = 2.0
LATEST_MS = 100.0
STEPS = 3
"""After the first failure the span is halved so often."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a server did with a rate of deliveries a second."""

    rate: float
    is_complete: bool
    """Nothing lost, nothing twice."""
    p99: float
    """Milliseconds."""

    @property
    def is_sustained(self) -> bool:
        """Complete and in time."""
        return self.is_complete and self.p99 <= LATEST_MS

    @property
    def is_near(self) -> bool:
        """Whether something else in the machine may have been at fault."""
        return self.is_complete and self.p99 <= 2 * LATEST_MS


class Prober:
    """One server with a receiver that is subscribed."""

    def __init__(self, server: LiveServer, receiver: Receiver, how: str = "hub") -> None:
        self._server, self._receiver, self._how = server, receiver, how
        self._published = 0

    def probe(self, rate: float) -> Outcome:
        """Publish so many deliveries a second, and count what comes."""
        sockets = self._receiver.sockets
        events = max(1, round(rate * PROBE_SECONDS / sockets))
        self._receiver.expect(events * sockets)
        each, seconds = events / PROBE_SECONDS, PROBE_SECONDS + 1e-6
        self._server.publish(each, seconds, how=self._how, first=self._published)
        self._published += events + 1
        found = self._receiver.answer()
        return Outcome(rate, found["received"] == events * sockets, found["p99"])

    def sustained(self, rate: float) -> Outcome | None:
        """The outcome if the rate is sustained; where it nearly is, there is a second try."""
        outcome = self.probe(rate)
        if not outcome.is_sustained and outcome.is_near:
            outcome = self.probe(rate)
        return outcome if outcome.is_sustained else None

    def highest(self, start: float, ceiling: float = math.inf) -> Outcome | None:
        """Half as fast again until it fails, then between the last two; none above the ceiling."""
        best, rate = self.sustained(start), start
        while best is None and rate > 100:
            rate /= 3
            best = self.sustained(rate)
        if best is None:
            return None
        low, high = rate, min(rate * 1.5, ceiling)
        while low < high and (outcome := self.sustained(high)) is not None:
            best, low, high = outcome, high, min(high * 1.5, ceiling)
        if low >= high:
            return best
        for _ in range(STEPS):
            middle = (low + high) / 2
            outcome = self.sustained(middle)
            if outcome:
                best, low = outcome, middle
            else:
                high = middle
        return best

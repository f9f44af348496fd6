"""The highest rate that a server delivers without a loss and in time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bench.live_servers import LiveServer, Receiver

PROBE_SECONDS = 2.0
LATEST_MS = 100.0
STEPS = 3
"""After the first failure the span is halved so often."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a server did with a rate; times in milliseconds, the rate in deliveries a second."""

    rate: float
    expected: int
    received: int
    p50: float
    p99: float

    @property
    def held(self) -> bool:
        """Nothing lost, nothing twice, and in time."""
        return self.received == self.expected and self.p99 <= LATEST_MS

    @property
    def is_near(self) -> bool:
        """Whether something else in the machine may have been at fault."""
        return self.received == self.expected and self.p99 <= 2 * LATEST_MS


class Prober:
    """One server with a client that is subscribed."""

    def __init__(self, server: LiveServer, receiver: Receiver, how: str = "hub") -> None:
        self.server, self.receiver, self.how = server, receiver, how
        self.published = 0
        self.tries: list[Outcome] = []

    def probe(self, rate: float, seconds: float = PROBE_SECONDS) -> Outcome:
        """Publish so many deliveries a second, and count what comes."""
        events = max(1, round(rate * seconds / self.receiver.sockets))
        expected = events * self.receiver.sockets
        self.receiver.await_events(expected)
        each = events / seconds
        self.server.publish(each, seconds + 1e-6, how=self.how, first=self.published)
        self.published += events + 1
        found = self.receiver.answer()
        outcome = Outcome(rate, expected, found["received"], found["p50"], found["p99"])
        self.tries.append(outcome)
        return outcome

    def held(self, rate: float) -> Outcome | None:
        """The outcome if the rate is held; where it nearly is, there is a second try."""
        outcome = self.probe(rate)
        if not outcome.held and outcome.is_near:
            outcome = self.probe(rate)
        return outcome if outcome.held else None

    def highest(self, start: float, ceiling: float = math.inf) -> Outcome | None:
        """Half as fast again until it fails, then between the last two; none above the ceiling."""
        best, rate = self.held(start), start
        while best is None and rate > 100:
            rate /= 3
            best = self.held(rate)
        if best is None:
            return None
        low, high = rate, min(rate * 1.5, ceiling)
        while low < high and (outcome := self.held(high)) is not None:
            best, low, high = outcome, high, min(high * 1.5, ceiling)
        if low >= high:
            return best
        for _ in range(STEPS):
            middle = (low + high) / 2
            outcome = self.held(middle)
            if outcome:
                best, low = outcome, middle
            else:
                high = middle
        return best

"""What a run's events say of it: how near its bar and its time left came to the truth. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

POINTS = 200
ETA_AT = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Moment:
    """One progress message: when (seconds since 1970), and what it said."""

    at: float
    percent: float
    eta: float | None
    done: tuple[float | None, int | None]


@dataclass(frozen=True, slots=True)
class Run:
    """One task from its claim to its `complete`, as a socket heard it."""

    title: str
    claimed: float
    completed: float
    moments: tuple[Moment, ...]
    said: tuple[tuple[float, float], ...]
    """What the formula of others would have said at which time: (seconds since 1970, percent)."""
    hundred_last: bool

    @property
    def seconds(self) -> float:
        """From claim to `complete`."""
        return self.completed - self.claimed

    @property
    def monotone(self) -> bool:
        """Whether the percent never fell, and 100 came just before `complete`."""
        percents = [moment.percent for moment in self.moments]
        return self.hundred_last and all(a <= b for a, b in pairwise(percents))

    @property
    def error(self) -> float:
        """The mean distance of the bar from the share of the time, in points."""
        return self._mean_error([(moment.at, moment.percent) for moment in self.moments])

    @property
    def others_error(self) -> float | None:
        """The same by the formula of others."""
        return self._mean_error(self.said) if self.said else None

    @property
    def others_end(self) -> float | None:
        """The last percent by the formula of others."""
        return self.said[-1][1] if self.said else None

    @property
    def silence(self) -> float:
        """The longest time without a message of anything new, seconds."""
        news = [self.claimed]
        last: object = None
        for moment in self.moments:
            if (moment.percent, moment.done) != last:
                last = (moment.percent, moment.done)
                news.append(moment.at)
        return max(b - a for a, b in pairwise([*news, self.completed]))

    @property
    def at_99(self) -> float:
        """Seconds at 99 % and more."""
        reached = (moment.at for moment in self.moments if moment.percent >= 99)
        return self.completed - next(reached, self.completed)

    @property
    def first_event(self) -> float:
        """Seconds from the claim to the first message."""
        return self.moments[0].at - self.claimed

    @property
    def eta_errors(self) -> list[float]:
        """Of the time left at 25, 50, 75 % of the run, where one was told: shares of the run."""
        found = []
        for share in ETA_AT:
            now = self.claimed + share * self.seconds
            told = [moment for moment in self.moments if moment.at <= now]
            if told and told[-1].eta is not None:
                left = max(0.0, told[-1].eta - (now - told[-1].at))
                found.append(abs(left - (self.completed - now)) / self.seconds)
        return found

    def _mean_error(self, shown: Sequence[tuple[float, float]]) -> float:
        """At evenly spaced times, of what was shown last before each."""
        times = [at for at, _percent in shown]
        total = 0.0
        for n in range(POINTS):
            share = (n + 0.5) / POINTS
            place = bisect_right(times, self.claimed + share * self.seconds)
            total += abs((shown[place - 1][1] if place else 0.0) - 100 * share)
        return total / POINTS


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so many are not above; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

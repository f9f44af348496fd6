"""How near the bar and the time left of a run came to the truth. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.harness.figures import is_rising

POINTS = 200
ETA_AT = (0.25, 0.5, 0.75)
LONG_SECONDS = 3.0
Shown = Sequence[tuple[float, float]]
"""What a bar shows from which time on: (seconds since 1970, percent)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One message: when it came, and what it said."""

    at: float
    percent: float
    eta: float | None
    done: tuple[float | None, int | None]


@dataclass(frozen=True, slots=True)
class FfmpegReport:
    """One progress report of ffmpeg: when it was printed, and its media time."""

    at: float
    out_time_us: int


@dataclass(frozen=True, slots=True)
class Run:
    """One task from its claim to its `complete`, as a socket received it."""

    title: str
    claimed: float
    completed: float
    messages: tuple[Progress, ...]
    reports: tuple[FfmpegReport, ...]
    input_seconds: float

    @property
    def seconds(self) -> float:
        """From claim to `complete`."""
        return self.completed - self.claimed

    @property
    def is_long(self) -> bool:
        """Long enough for a bar to be looked at."""
        return self.seconds >= LONG_SECONDS

    @property
    def is_orderly(self) -> bool:
        """Whether the percent never fell, and 100 came last."""
        percents = [message.percent for message in self.messages]
        return percents[-1] == 100 and is_rising(percents)

    @property
    def bar(self) -> Shown:
        """What our bar showed."""
        return [(message.at, message.percent) for message in self.messages]

    @property
    def usual_bar(self) -> Shown:
        """What fluent-ffmpeg's formula would have shown: media time over the input's length."""
        share = 100 / 1e6 / self.input_seconds
        return [(each.at, min(100.0, max(0.0, each.out_time_us * share))) for each in self.reports]

    @property
    def silence(self) -> float:
        """The longest time without a message of anything new, seconds."""
        times, last = [self.claimed], None
        for message in self.messages:
            if (message.percent, message.done) != last:
                last = (message.percent, message.done)
                times.append(message.at)
        return max(b - a for a, b in pairwise([*times, self.completed]))

    @property
    def at_99(self) -> float:
        """Seconds at 99 % and more."""
        reached = (message.at for message in self.messages if message.percent >= 99)
        return self.completed - next(reached, self.completed)

    @property
    def is_too_long_at_99(self) -> bool:
        """More than 3 % of the run, and more than 0.3 s."""
        return self.at_99 > max(0.3, 0.03 * self.seconds)

    @property
    def first_event(self) -> float:
        """Seconds from the claim to the first message."""
        return self.messages[0].at - self.claimed

    @property
    def eta_errors(self) -> list[float]:
        """Of the time left at 25, 50, 75 % of the run, where it was shown: shares of the run."""
        errors = []
        for now in (self.claimed + share * self.seconds for share in ETA_AT):
            before = [message for message in self.messages if message.at <= now]
            if before and before[-1].eta is not None:
                left = max(0.0, before[-1].eta - (now - before[-1].at))
                errors.append(abs(left - (self.completed - now)) / self.seconds)
        return errors

    @property
    def delays(self) -> list[float]:
        """Seconds from each report of ffmpeg to the first message that tells of it."""
        printed: dict[int, float] = {}
        for report in reversed(self.reports):
            printed[report.out_time_us] = report.at
        delays = []
        for message in self.messages:
            key = round((message.done[0] or 0.0) * 1e6)
            if key and key in printed:
                delays.append(message.at - printed.pop(key))
        return delays

    def bar_error(self, shown: Shown) -> float:
        """The mean distance of a bar from the share of the time that has passed, in points."""
        times, total = [at for at, _percent in shown], 0.0
        for share in ((n + 0.5) / POINTS for n in range(POINTS)):
            place = bisect_right(times, self.claimed + share * self.seconds)
            total += abs((shown[place - 1][1] if place else 0.0) - 100 * share)
        return total / POINTS
